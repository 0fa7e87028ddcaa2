/* SPDX-License-Identifier: Apache-2.0 */
package dev.sublinear.train.model;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.ndarray.types.SparseFormat;
import ai.djl.pytorch.engine.PtNDManager;
import ai.djl.pytorch.jni.JniUtils;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** The two zero-copy bridges between our memory and the engine's float32 tensors. */
final class EngineMemory {
  private EngineMemory() {}

  /** A tensor that lives in {@code memory}: writes on either side are seen on the other. */
  static NDArray tensor(NDManager manager, MemorySegment memory, Shape shape) {
    // The engine takes the address alone, so a slice stands for segments that no ByteBuffer could span.
    ByteBuffer head = memory.asSlice(0, Math.min(memory.byteSize(), Integer.MAX_VALUE)).asByteBuffer();
    return JniUtils.createNdFromByteBuffer((PtNDManager) manager, head.order(ByteOrder.nativeOrder()), shape,
        DataType.FLOAT32, SparseFormat.DENSE, Device.cpu());
  }

  /** The memory of a contiguous tensor on the CPU; valid while the tensor is open. */
  @SuppressWarnings("restricted") // the engine guarantees that the address spans the whole tensor
  static MemorySegment memory(NDArray tensor) {
    long bytes = tensor.size() * Float.BYTES;
    if (bytes <= Integer.MAX_VALUE) {
      return MemorySegment.ofBuffer(tensor.toByteBuffer(true));
    }
    // A ByteBuffer ends at 2 GiB: take the address from the first row and widen it.
    try (NDArray first = tensor.get(0)) {
      return MemorySegment.ofAddress(MemorySegment.ofBuffer(first.toByteBuffer(true)).address()).reinterpret(bytes);
    }
  }
}
