"""The engine's kernels as C: its LLVM assembly, line by line, in vectors of GCC.

So the C compiler is given the same arithmetic in the same order: the same expressions,
Jacobian, factorisation, stepper, exponential, logarithm and power. What is compared is the
making of machine code, and nothing else.
"""

import re
import struct

__all__ = ["c_text"]

LABEL = re.compile(r"^(\w+):$")
FUNCTION = re.compile(r"^define (internal )?void @(\w+)\((.*)\) #0 \{$")
RESULT = re.compile(r"^%(\w+) = (.*)$")
SPLAT_DOUBLE = re.compile(r"splat \(double 0x([0-9A-F]{16})\)")
SPLAT_INTEGER = re.compile(r"splat \(i64 (-?\d+)\)")
VECTOR = r"<\d+ x (?:double|i64|i1)>"
OPERATORS = {"fadd": "+", "fsub": "-", "fmul": "*", "fdiv": "/", "add": "+", "sub": "-",
             "shl": "<<", "ashr": ">>"}  # fmt: skip


def c_text(assembly: str, lanes: int) -> str:
    """The assembly as C, to be compiled after `lane_vectors.h`.

    Parameters
    ----------
    assembly
        What `algesia.engine.lanes.machine_code.assembly` returns.
    lanes
        Doubles in a vector.
    """
    heads: list[str] = []
    bodies: list[str] = []
    for text in re.split(r"^(?=define )", assembly, flags=re.MULTILINE)[1:]:
        head, body = _function(text.partition("\n}")[0].splitlines())
        heads.append(f"{head};")
        bodies.append(f"{head}\n{{\n{body}}}\n")
    beginning = f'#define LANES {lanes}\n#include "lane_vectors.h"\n'
    return "\n".join([beginning, *heads, "", *bodies])


def _function(lines: list[str]) -> tuple[str, str]:
    """Head and body of one function."""
    found = FUNCTION.match(lines[0])
    if found is None:
        raise ValueError(f"assembly has '{lines[0]}'; expected a function")
    parameters = [_parameter(item) for item in found[3].split(", ")]
    head = f"static void {found[2]}({', '.join(parameters)})"
    inner = [line.strip() for line in lines[1:] if line.strip()]
    return head, "".join(f"  {line}\n" for line in _statements(inner))


def _parameter(text: str) -> str:
    kind, _, name = text.rpartition(" %")
    if kind != "ptr":
        return f"vec {name}"
    return f"vec *{name}" if name == "work" else f"vec *restrict {name}"


def _statements(lines: list[str]) -> list[str]:
    """Statements; a value that goes round a loop becomes a variable set before each jump."""
    turns: dict[str, list[tuple[str, str]]] = {}
    declared: list[str] = []
    for line in lines:
        found = re.match(
            r"^%(\w+) = phi (\S.*?) \[ (.+?), %(\w+) \], \[ (.+?), %(\w+) \]", line
        )
        if found is None:
            continue
        name, kind, first, before, last, after = found.groups()
        declared.append(f"{'long' if kind == 'i64' else 'vec'} {name};")
        turns.setdefault(before, []).append((name, _operand(first)))
        turns.setdefault(after, []).append((name, _operand(last)))
    body: list[str] = []
    block = ""
    for line in lines:
        label = LABEL.match(line)
        if label is not None:
            block = label[1]
            body.append(f"{block}: ;")
        elif " phi " not in line:
            if line.startswith("br "):
                body += [f"{name} = {value};" for name, value in turns.get(block, [])]
            body.append(_statement(line))
    return declared + body


def _statement(line: str) -> str:
    result = RESULT.match(line)
    if result is not None:
        kind, text = _value(result[2])
        return f"{kind} {result[1]} = {text};"
    if line == "ret void":
        return "return;"
    jump = re.match(r"^br label %(\w+)$", line)
    if jump is not None:
        return f"goto {jump[1]};"
    choice = re.match(r"^br i1 %(\w+), label %(\w+), label %(\w+)$", line)
    if choice is not None:
        return f"if ({choice[1]}) goto {choice[2]}; else goto {choice[3]};"
    store = re.match(rf"^store {VECTOR} (.+), ptr %(\w+), align \d+$", line)
    if store is not None:
        return f"*{store[2]} = {_operand(store[1])};"
    call = re.match(r"^call void @(\w+)\((.*)\)$", line)
    if call is not None:
        return f"{call[1]}({', '.join(_operands(call[2]))});"
    raise ValueError(f"assembly has '{line}'; expected a known instruction")


def _value(text: str) -> tuple[str, str]:
    """Type and expression of the result of an instruction."""
    word, rest = text.split(maxsplit=1)
    if word in OPERATORS:
        return _arithmetic(text)
    if word in {"load", "getelementptr"}:
        return _place(word, text)
    if word in {"fcmp", "icmp"}:
        return _comparison(word, rest)
    if word == "fneg":
        return "vec", f"-{_operands(rest)[0]}"
    if word == "select":
        return "vec", f"pick({', '.join(_operands(rest))})"
    if word == "and":
        return "yes", " & ".join(_operands(rest))
    return _converted(word, text)


def _place(word: str, text: str) -> tuple[str, str]:
    base, _, offset = text.split("ptr %")[1].partition(", i64 ")
    if word == "load":
        return "vec", f"*{base.split(',')[0]}"
    return "vec *", f"{base} + {_operand(offset)}"


def _comparison(word: str, rest: str) -> tuple[str, str]:
    if word == "fcmp":
        relation, operands = rest.split(maxsplit=1)
        return "yes", f"{relation}({', '.join(_operands(operands))})"
    relation, _, left, right = rest.replace(",", "").split()
    if relation == "eq":
        return "int", f"{_operand(left)} == EVERY"
    return "int", f"{_operand(left)} < {_operand(right)}"


def _converted(word: str, text: str) -> tuple[str, str]:
    if word == "bitcast" and "x i1>" in text:
        return "int", f"bits_of({_operands(text[8:].split(' to ')[0])[0]})"
    if word == "bitcast":
        kind = "vec" if text.endswith("double>") else "whole"
        return kind, f"({kind}){_operands(text[8:].split(' to ')[0])[0]}"
    if word == "sitofp":
        return "vec", f"to_double({_operands(text[7:].split(' to ')[0])[0]})"
    call = re.match(rf"^call {VECTOR} @llvm\.(\w+)\.v\d+f64\((.*)\)$", text)
    if call is None:
        raise ValueError(f"assembly has '{text}'; expected a known instruction")
    return "vec", f"lanes_{call[1]}({', '.join(_operands(call[2]))})"


def _arithmetic(text: str) -> tuple[str, str]:
    if " i64 " in text and "<" not in text:
        left, right = text.split(" i64 ")[1].split(", ")
        return "long", f"{_operand(left)} {OPERATORS[text.split()[0]]} {_operand(right)}"
    kind = "whole" if "x i64>" in text else "vec"
    left, right = re.sub(rf"^.*?{VECTOR} ", "", text, count=1).split(", ")
    return kind, f"{_operand(left)} {OPERATORS[text.split()[0]]} {_operand(right)}"


def _operands(text: str) -> list[str]:
    """Operands of a list in which each may have its type in front."""
    return [_operand(re.sub(rf"^(?:{VECTOR}|ptr) ", "", item)) for item in text.split(", ")]


def _operand(text: str) -> str:
    double = SPLAT_DOUBLE.fullmatch(text)
    if double is not None:
        number = struct.unpack("<d", struct.pack("<Q", int(double[1], 16)))[0]
        if number != number:
            return 'ALL(__builtin_nan(""))'
        if number in {float("inf"), -float("inf")}:
            return f"ALL({'-' if number < 0 else ''}__builtin_inf())"
        return f"ALL({number.hex()})"
    integer = SPLAT_INTEGER.fullmatch(text)
    if integer is not None:
        return f"ALL_WHOLE({integer[1]}L)"
    return text.removeprefix("%")
