/* SPDX-License-Identifier: Apache-2.0 */
import com.sun.source.doctree.DocCommentTree;
import com.sun.source.tree.ClassTree;
import com.sun.source.tree.CompilationUnitTree;
import com.sun.source.tree.MethodTree;
import com.sun.source.tree.ModifiersTree;
import com.sun.source.tree.Tree;
import com.sun.source.tree.VariableTree;
import com.sun.source.util.DocTrees;
import com.sun.source.util.JavacTask;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import javax.lang.model.element.Modifier;
import javax.tools.JavaCompiler;
import javax.tools.ToolProvider;

/**
 * Fails the build where something public or protected in main code, or a package, has no comment. Whether comments are
 * well formed is javac's question (-Xdoclint). None is asked for on what overrides, on the constructors of a record,
 * and on what no caller can reach.
 *
 * <p>Run by Maven as {@code java build/PublicComments.java ROOT}; it parses with the JDK's own parser and nothing else.
 */
final class PublicComments {
  private final DocTrees docs;
  private final CompilationUnitTree unit;
  private final Path root;
  private final List<String> missing;

  private PublicComments(DocTrees docs, CompilationUnitTree unit, Path root, List<String> missing) {
    this.docs = docs;
    this.unit = unit;
    this.root = root;
    this.missing = missing;
  }

  /** Exits 1, with a line for each missing comment, if there are any. */
  static void main(String[] args) throws IOException {
    Path root = Path.of(args[0]).toRealPath();
    List<Path> files = mainSources(root);
    List<String> missing = new ArrayList<>();
    if (!files.isEmpty()) {
      JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
      try (var manager = compiler.getStandardFileManager(null, Locale.ROOT, StandardCharsets.UTF_8)) {
        var units = manager.getJavaFileObjectsFromPaths(files);
        JavacTask task = (JavacTask) compiler.getTask(null, manager, null, List.of("-proc:none"), null, units);
        DocTrees docs = DocTrees.instance(task);
        for (CompilationUnitTree unit : task.parse()) {
          new PublicComments(docs, unit, root, missing).check();
        }
      }
    }
    if (!missing.isEmpty()) {
      missing.forEach(line -> System.err.println("[ERROR] " + line));
      System.exit(1);
    }
  }

  private static List<Path> mainSources(Path root) throws IOException {
    try (Stream<Path> poms = Files.find(root, 3, (p, a) -> p.endsWith("pom.xml"))) {
      List<Path> files = new ArrayList<>();
      for (Path source : poms.map(p -> p.resolveSibling("src/main/java")).filter(Files::isDirectory).sorted()
          .toList()) {
        try (Stream<Path> all = Files.walk(source)) {
          all.filter(p -> p.toString().endsWith(".java")).sorted().forEach(files::add);
        }
      }
      return files;
    }
  }

  private void check() {
    Path file = Path.of(unit.getSourceFile().toUri());
    if (file.endsWith("package-info.java")) {
      require(unit.getPackage(), "package " + unit.getPackageName());
    } else if (unit.getPackage() != null && Files.notExists(file.resolveSibling("package-info.java"))) {
      report(unit.getPackage(), "package-info.java");
    }
    for (Tree type : unit.getTypeDecls()) {
      if (type instanceof ClassTree c) {
        checkType(c, false);
      }
    }
  }

  private void checkType(ClassTree type, boolean inInterface) {
    if (!visible(type.getModifiers(), inInterface)) {
      return;
    }
    require(type, type.getSimpleName().toString());
    boolean isInterface = type.getKind() == Tree.Kind.INTERFACE || type.getKind() == Tree.Kind.ANNOTATION_TYPE;
    for (Tree member : type.getMembers()) {
      String name = type.getSimpleName() + ".";
      switch (member) {
        case ClassTree c -> checkType(c, isInterface);
        case VariableTree v when visible(v.getModifiers(), isInterface) -> require(v, name + v.getName());
        case MethodTree m when visible(m.getModifiers(), isInterface) && !exempt(type, m) ->
          require(m, name + m.getName());
        default -> {
        }
      }
    }
  }

  private boolean exempt(ClassTree type, MethodTree method) {
    boolean overrides = method.getModifiers().getAnnotations().stream()
        .anyMatch(a -> a.getAnnotationType().toString().endsWith("Override"));
    boolean constructor = method.getName().contentEquals("<init>");
    return overrides || constructor && type.getKind() == Tree.Kind.RECORD;
  }

  private static boolean visible(ModifiersTree modifiers, boolean inInterface) {
    var flags = modifiers.getFlags();
    return flags.contains(Modifier.PUBLIC) || flags.contains(Modifier.PROTECTED)
        || inInterface && !flags.contains(Modifier.PRIVATE);
  }

  private void require(Tree tree, String what) {
    DocCommentTree comment = docs.getDocCommentTree(docs.getPath(unit, tree));
    if (comment == null || comment.getFullBody().isEmpty() && comment.getBlockTags().isEmpty()) {
      report(tree, what);
    }
  }

  private void report(Tree tree, String what) {
    long line = unit.getLineMap().getLineNumber(docs.getSourcePositions().getStartPosition(unit, tree));
    missing.add(root.relativize(Path.of(unit.getSourceFile().toUri())) + ":" + line + ": no comment on " + what);
  }
}
