/* Vectors of LANES doubles in GCC's notation, and what it has no operator for. */
#include <math.h>
#include <string.h>

typedef double vec __attribute__((vector_size(8 * LANES)));
typedef long whole __attribute__((vector_size(8 * LANES)));

#define ALL(number) ((vec){} + (number))
#define ALL_WHOLE(number) ((whole){} + (number))
#define EVERY ((1 << LANES) - 1)
#define INLINE static inline __attribute__((always_inline))

#if LANES == 8 && defined(__AVX512DQ__)
#include <immintrin.h>
typedef __mmask8 yes;
#define RELATION(name, code) \
  INLINE yes name(vec a, vec b) { return _mm512_cmp_pd_mask((__m512d)a, (__m512d)b, code); }
RELATION(olt, _CMP_LT_OQ)
RELATION(ole, _CMP_LE_OQ)
RELATION(ogt, _CMP_GT_OQ)
RELATION(oge, _CMP_GE_OQ)
RELATION(oeq, _CMP_EQ_OQ)
RELATION(one, _CMP_NEQ_OQ)
RELATION(une, _CMP_NEQ_UQ)
RELATION(ueq, _CMP_EQ_UQ)
RELATION(ult, _CMP_NGE_UQ)
INLINE vec pick(yes c, vec a, vec b) { return (vec)_mm512_mask_blend_pd(c, (__m512d)b, (__m512d)a); }
INLINE int bits_of(yes c) { return c; }
INLINE vec lanes_fma(vec a, vec b, vec c) {
  return (vec)_mm512_fmadd_pd((__m512d)a, (__m512d)b, (__m512d)c);
}
INLINE vec lanes_sqrt(vec a) { return (vec)_mm512_sqrt_pd((__m512d)a); }
INLINE vec lanes_floor(vec a) { return (vec)_mm512_roundscale_pd((__m512d)a, _MM_FROUND_FLOOR); }
#else
typedef whole yes;
INLINE yes olt(vec a, vec b) { return a < b; }
INLINE yes ole(vec a, vec b) { return a <= b; }
INLINE yes ogt(vec a, vec b) { return a > b; }
INLINE yes oge(vec a, vec b) { return a >= b; }
INLINE yes oeq(vec a, vec b) { return a == b; }
INLINE yes one(vec a, vec b) { return (a < b) | (a > b); }
INLINE yes une(vec a, vec b) { return a != b; }
INLINE yes ueq(vec a, vec b) { return ~((a < b) | (a > b)); }
INLINE yes ult(vec a, vec b) { return ~(a >= b); }
INLINE vec pick(yes c, vec a, vec b) { return (vec)((c & (whole)a) | (~c & (whole)b)); }
INLINE int bits_of(yes c) {
  int bits = 0;
  for (int i = 0; i < LANES; i++) bits |= (int)(c[i] & 1) << i;
  return bits;
}
#define EACH(expression) \
  vec r; \
  for (int i = 0; i < LANES; i++) r[i] = expression; \
  return r;
INLINE vec lanes_fma(vec a, vec b, vec c) { EACH(__builtin_fma(a[i], b[i], c[i])) }
INLINE vec lanes_sqrt(vec a) { EACH(__builtin_sqrt(a[i])) }
INLINE vec lanes_floor(vec a) { EACH(__builtin_floor(a[i])) }
#endif

INLINE vec lanes_fabs(vec a) { return (vec)((whole)a & 0x7fffffffffffffffL); }
INLINE vec to_double(whole a) { return __builtin_convertvector(a, vec); }
