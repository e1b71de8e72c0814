"""Methods that advance a system by one step; their text becomes part of the generated kernels."""
