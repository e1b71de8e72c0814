"""Several subjects in one vector register: kernels as LLVM code, and what drives them."""
