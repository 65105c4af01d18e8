"""Rewrites a C file of this project so that it holds all its mutants at once, each chosen at run time: where the file says
`a < b`, the copy says "a < b, or a <= b in mutant 17". For tool/mutate.py.

It works on tokens and on the form that clang-format gives; what it gets wrong does not compile and is dropped by the caller.
Lines stay where they are. Operators:

  compare   another comparison                      < for <= and so on, == for !=
  logic     && for ||
  number    a literal one more and one less
  negate    the condition of if, while, for and ?:
  return    the opposite of what a bool function returns
  remove    a call or an assignment that is a statement
"""
import re

TOKEN = re.compile(
    r"""(?P<space>\s+|\\\n|/\*.*?\*/|//[^\n]*)|(?P<word>[A-Za-z_]\w*)|(?P<number>0[xX][0-9a-fA-F]+[uUlL]*|\d+[uUlL]*)
    |(?P<text>"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*')
    |(?P<op><<=|>>=|\.\.\.|->|\+\+|--|<<|>>|<=|>=|==|!=|&&|\|\||[-+*/%&|^]=|[][(){};,.?:=<>!~&|^+*/%-])""",
    re.S | re.X,
)
OTHERS = {"<": ["<=", ">"], "<=": ["<", ">="], ">": [">=", "<"], ">=": [">", "<="], "==": ["!="], "!=": ["=="]}
ASSIGN = {"=", "+=", "-=", "*=", "/=", "%=", "&=", "|=", "^=", "<<=", ">>="}
CLOSING = {")": "(", "]": "[", "}": "{"}
KINDS = ["remove", "return", "negate", "logic", "compare", "number"]
KEYWORDS = set("return if else while for do switch case default break continue goto sizeof struct enum union const static "
               "void unsigned".split())


class Token:
    def __init__(self, kind, text, space, line):
        self.kind, self.text, self.space, self.line = kind, text, space, line
        self.before, self.after = [], []  # (place in order, text)
        self.emit = text  # what stands for it in the copy


def tokens_of(source):
    """Tokens with the white space before each; lines of the preprocessor are white space."""
    out, space, at, line = [], "", 0, 1
    while at < len(source):
        if source[at] == "#":
            end = at
            while True:
                end = source.find("\n", end)
                if source[end - 1] != "\\":
                    break
                end += 1
            piece = source[at:end]
            space += piece  # with what continues it
        else:
            m = TOKEN.match(source, at)
            if not m:
                raise ValueError("line %d: %r" % (line, source[at : at + 20]))
            piece, end = m.group(), m.end()
            if m.lastgroup == "space":
                space += piece
            else:
                out.append(Token(m.lastgroup, piece, space, line))
                space = ""
        line += piece.count("\n")
        at = end
    return out, space


class Rewriter:
    """mutants: [(line, kind, original, mutant)]; a mutant's number is its place. dropped: numbers that are not made."""

    def __init__(self, source, dropped=()):
        self.t, self.tail = tokens_of(source)
        self.dropped = set(dropped)
        self.mutants = []
        self.match = self.brackets()
        at = 0
        while at < len(self.t):
            body = self.function_at(at)
            if body:
                self.function(at, body)
                at = self.match[body]
            at += 1

    def brackets(self):
        """Of each bracket the other one; self.inside is the opening one around each token."""
        match, stack = {}, []
        self.inside = []
        for i, t in enumerate(self.t):
            self.inside.append(stack[-1] if stack else None)
            if t.text in ("(", "[", "{") and t.kind == "op":
                stack.append(i)
            elif t.text in CLOSING and t.kind == "op":
                j = stack.pop()
                match[i], match[j] = j, i
        return match

    def function_at(self, at):
        """The body's bracket when a function begins here: the start of the file or what follows ; or }."""
        if at and self.t[at - 1].text not in (";", "}"):
            return None
        i = at
        while i < len(self.t) and self.t[i].text not in (";", "=", "{"):
            i = self.match[i] + 1 if self.t[i].text in ("(", "[") else i + 1
        if i < len(self.t) and self.t[i].text == "{" and self.t[i - 1].text == ")":
            return i
        return None

    # ---- one mutant ----

    def number(self, line, kind, original, mutant):
        """Its number as the copy asks for it, or None when it was dropped."""
        n = len(self.mutants)
        self.mutants.append((line, kind, original, mutant))
        return None if n in self.dropped else n

    def wrap(self, kind, first, last, before, after):
        """Around these tokens; of two around the same ones the outer is that of the earlier kind."""
        rank = KINDS.index(kind)
        self.t[first].before.append((-last, rank, before))
        self.t[last].after.append((-first, -rank, after))

    def text(self, first, last):
        words = "".join((" " if t.space and i else "") + t.text for i, t in enumerate(self.t[first : last + 1]))
        return words if len(words) < 90 else words[:87] + "..."

    # ---- where an operand ends ----

    def left(self, i, stops):
        """The first token of what ends before i."""
        j = i - 1
        while j >= 0:
            t = self.t[j]
            if t.kind == "op" and t.text in (")", "]"):
                j = self.match[j] - 1
                continue
            if t.text in stops or t.text in ("(", "[", "{", "}", ";", ",", "return", "else", "do", "case") or t.text in ASSIGN:
                break
            j -= 1
        return j + 1

    def right(self, i, stops):
        j = i + 1
        while j < len(self.t):
            t = self.t[j]
            if t.kind == "op" and t.text in ("(", "["):
                j = self.match[j] + 1
                continue
            if t.text in stops or t.text in (")", "]", "{", "}", ";", ",") or t.text in ASSIGN:
                break
            j += 1
        return j - 1

    # ---- operators ----

    def function(self, start, body):
        end = self.match[body]
        names = [t.text for t in self.t[start:body]]
        head = names[: names.index("(")] if "(" in names else names
        returns_bool = "bool" in head and "*" not in head
        skip_to = body
        for i in range(body + 1, end):
            t = self.t[i]
            if i < skip_to:
                continue
            if t.text in ("static", "enum", "case", "_Static_assert") and t.kind == "word" and self.begins(i):
                stop = ":" if t.text == "case" else ";"
                skip_to = next(j for j in range(i, end) if self.t[j].text == stop)
                continue
            self.statement(i)
            if t.text == "return" and returns_bool and self.t[i + 1].text != ";":
                self.returned(i + 1, self.right(i, ()))
            if t.text in ("if", "while") and t.kind == "word":
                self.condition(i + 2, self.match[i + 1] - 1)
            if t.text == "for" and t.kind == "word":
                self.for_condition(i + 1)
            if t.kind == "op" and t.text == "?":
                self.condition(self.left(i, ("?", ":")), i - 1)
            if t.kind == "op" and t.text in ("&&", "||"):
                self.logic(i)
            if t.kind == "op" and t.text in OTHERS:
                self.compare(i)
            if t.kind == "number":
                self.literal(i)

    def begins(self, i):
        """A statement begins at i."""
        before = self.t[i - 1]
        if self.t[self.inside[i]].text != "{":
            return False
        if before.text in (";", "{", "}", "else", "do"):
            return True
        if before.text == ")" and before.kind == "op":
            j = self.match[i - 1]
            return self.t[j - 1].text in ("if", "while", "for", "switch")
        return before.text == ":" and self.t[i - 2].text == "default"

    def statement(self, i):
        t = self.t[i]
        if not self.begins(i) or not (t.kind == "word" and t.text not in KEYWORDS or t.text in ("*", "(", "++", "--")):
            return
        if t.text in ("assert", "CLEANUP") or self.t[i + 1].kind == "word" or self.t[i + 1].text == ":":
            return
        if self.t[i + 1].text == "*" and self.t[i + 2].kind == "word":  # a declaration of a pointer
            return
        last = self.right(i, ())
        while self.t[last + 1].text != ";":
            if self.t[last + 1].text == "{":  # a struct's literal
                last = self.match[last + 1]
            elif self.t[last + 1].text in ("}", ")"):
                return
            else:
                last += 1
            last = self.right(last, ())
        if self.t[last].text not in (")", "++", "--") and not any(self.t[j].text in ASSIGN for j in range(i, last)):
            return
        n = self.number(t.line, "remove", self.text(i, last + 1), "")
        if n is not None:
            self.wrap("remove", i, last + 1, "{ if (!mutant_is(%d)) " % n, " }")

    def is_equality(self, first, last):
        """Nothing but one == or !=, whose opposite is another mutant already."""
        ops = [j for j in range(first, last + 1) if self.t[j].kind == "op" and self.t[j].text in ("==", "!=")]
        return any(self.left(j, ("&&", "||", "?", ":")) == first and self.right(j, ("&&", "||", "?", ":")) == last for j in ops)

    def returned(self, first, last):
        if self.is_equality(first, last):
            return
        said = self.text(first, last)
        other = {"true": "false", "false": "true"}.get(said, "!(%s)" % said)
        n = self.number(self.t[first].line, "return", said, other)
        if n is not None:
            self.wrap("return", first, last, "({ bool mutant_r%d = (" % n, "); mutant_r%d != mutant_is(%d); })" % (n, n))

    def condition(self, first, last):
        if last < first or self.is_equality(first, last):
            return
        n = self.number(self.t[first].line, "negate", self.text(first, last), "!(%s)" % self.text(first, last))
        if n is not None:
            self.wrap("negate", first, last, "(!!(", ") != mutant_is(%d))" % n)

    def for_condition(self, bracket):
        parts = [j for j in range(bracket, self.match[bracket]) if self.t[j].text == ";"]
        if len(parts) == 2 and parts[1] > parts[0] + 1:
            self.condition(parts[0] + 1, parts[1] - 1)

    def logic(self, i):
        op = self.t[i].text
        lower = ("?", ":") if op == "||" else ("?", ":", "||")
        first, last = self.left(i, lower), self.right(i, lower + (op,))
        other = "||" if op == "&&" else "&&"
        n = self.number(self.t[i].line, "logic", self.text(first, last), "%s %s %s" % (
            self.text(first, i - 1), other, self.text(i + 1, last)))
        if n is None:
            return
        self.wrap("logic", first, last, "({ bool mutant_l%d = (" % n, "); mutant_l%d; })" % n)
        goes_on = "!=" if op == "&&" else "=="
        self.t[i].emit = "); if (mutant_l%d %s mutant_is(%d)) mutant_l%d = (" % (n, goes_on, n, n)

    def compare(self, i):
        lower = ("&&", "||", "?", ":", "&", "|", "^")
        if self.t[i].text not in ("==", "!="):
            lower += ("==", "!=")
        first, last = self.left(i, lower), self.right(i, lower)
        op, a, b = self.t[i].text, self.text(first, i - 1), self.text(i + 1, last)
        chosen = "mutant_a%d %s mutant_b%d"
        made, name = "", None
        for other in OTHERS[op]:
            n = self.number(self.t[i].line, "compare", "%s %s %s" % (a, op, b), "%s %s %s" % (a, other, b))
            if n is None:
                continue
            name = n if name is None else name
            made += "mutant_is(%d) ? %s : " % (n, chosen % (name, other, name))
        if name is None:
            return
        self.wrap("compare", first, last, "({ __auto_type mutant_a%d = (" % name,
                  "); %s%s; })" % (made, chosen % (name, op, name)))
        self.t[i].emit = "); __auto_type mutant_b%d = (" % name

    def literal(self, i):
        t, before, after = self.t[i], self.t[i - 1], self.t[i + 1]
        if before.text == "{" and after.text == "}":
            return
        around = self.inside[i]
        if self.t[around].text == "[" and self.t[around - 2].kind == "word" and self.t[around - 2].text not in KEYWORDS:
            return  # the size of an array that is declared
        plus = self.number(t.line, "number", t.text, t.text + " + 1")
        minus = self.number(t.line, "number", t.text, t.text + " - 1")
        changes = "".join(" %s mutant_is(%d)" % (sign, n) for sign, n in (("+", plus), ("-", minus)) if n is not None)
        if changes:
            t.emit = "(%s%s)" % (t.text, changes)

    def result(self):
        out = []
        for t in self.t:
            out += [t.space] + [text for _, _, text in sorted(t.before)] + [t.emit]
            out += [text for _, _, text in sorted(t.after)]
        return "".join(out) + self.tail
