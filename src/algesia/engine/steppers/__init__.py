"""Methods that advance a system by one step; their text goes into the generated kernels."""
