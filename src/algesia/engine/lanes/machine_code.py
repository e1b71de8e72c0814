"""Machine code of the vector kernels of a program: made by LLVM once, kept on disk, loaded."""

from collections.abc import Sequence
from functools import cache

from algesia.engine.cache import keep_bytes, kept_bytes, kernel_source
from algesia.engine.program import Program
from algesia.engine.source_parts import copied_text, generator_version, short_digest

from .layout import Layout

__all__ = [
    "LaneKernels",
    "assembly",
    "lane_kernels",
    "loaded",
    "machine_code",
    "processor",
]

INFINITE = float("inf")

OPTIMISATION = 2
"""LLVM's level for the choice of instructions; nothing rearranges the assembly before it."""


class LaneKernels:
    """Kernels ready to be called; they are there for as long as this is.

    Attributes
    ----------
    addresses
        Addresses of the entries, in the order of `ENTRIES`.
    layout
        Where the fields of the memory are.
    """

    __slots__ = ("_owner", "addresses", "layout")

    def __init__(self, addresses: tuple[int, ...], layout: Layout, owner: object) -> None:
        self.addresses = addresses
        self.layout = layout
        self._owner = owner


@cache
def lane_kernels(program: Program, lanes: int) -> LaneKernels:
    """The kernels of a program for a number of lanes: from memory, from disk, or made.

    Parameters
    ----------
    program
        The program.
    lanes
        Doubles in a vector.
    """
    from .entries import ENTRIES

    source = kernel_source(program)
    target = processor()
    name = f"lanes_{program.hash}_{program.stepper}_{lanes}_{generator_version()}_{target}"
    layout = Layout.of(_sizes(source, program))
    code = kept_bytes(name)
    if code is None:
        code = machine_code(assembly(source, program, lanes))
        keep_bytes(name, code)
    addresses, owner = loaded(code, ENTRIES)
    return LaneKernels(addresses, layout, owner)


def assembly(source: str, program: Program, lanes: int) -> str:
    """LLVM assembly of the kernels of a generated file."""
    from .entries import ENTRIES
    from .translation import Translator

    known = _sizes(source, program) | {"INFINITE": INFINITE}
    text = f"{source}\n{copied_text('lanes.entries')}"
    return Translator(text, Layout.of(known), known, lanes).module(ENTRIES)


def _sizes(source: str, program: Program) -> dict[str, float]:
    """Sizes of the arrays, read from the lines ``NAME = number`` of a generated file."""
    wanted = {"STATES", "VISIBLE", "CLOCK", "OUTPUTS", "ENTRIES", "FACTORS", "CONSTANTS"}
    found = {"PARAMETERS": float(len(program.parameters))}
    for line in source.splitlines():
        name, _, number = line.partition(" = ")
        if name in wanted | {"STAGES"}:
            found[name] = float(number)
    return found


@cache
def _machine() -> object:
    """LLVM's description of this processor."""
    from llvmlite import binding

    binding.initialize_native_target()
    binding.initialize_native_asmprinter()
    return binding.Target.from_default_triple().create_target_machine(
        cpu=binding.get_host_cpu_name(),
        features=binding.get_host_cpu_features().flatten(),
        opt=OPTIMISATION,
        reloc="pic",
    )


@cache
def processor() -> str:
    """Digest of what machine code depends on besides its source."""
    from llvmlite import binding

    parts = (
        binding.get_default_triple(),
        binding.get_host_cpu_name(),
        binding.get_host_cpu_features().flatten(),
        str(binding.llvm_version_info),
    )
    return short_digest(" ".join(parts).encode())


def machine_code(text: str) -> bytes:
    """The object file LLVM makes of an assembly."""
    from llvmlite import binding

    machine = _machine()
    module = binding.parse_assembly(text)
    module.verify()
    return machine.emit_object(module)  # type: ignore[attr-defined, no-any-return] # untyped


def loaded(code: bytes, names: Sequence[str]) -> tuple[tuple[int, ...], object]:
    """Addresses of the functions of an object file, and what keeps them in memory."""
    from llvmlite import binding

    _machine()
    linker = binding.create_lljit_compiler()
    builder = binding.JITLibraryBuilder().add_object_img(code)
    for name in names:
        builder.export_symbol(name)
    library = builder.link(linker, "lanes")
    return tuple(int(library[name]) for name in names), (linker, library)
