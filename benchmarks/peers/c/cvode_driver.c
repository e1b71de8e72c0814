/* CVODE (BDF, Newton, analytic Jacobian; KLU or dense) through the segments of one patient after
   the other. Before this text stand the kernels, the sizes, and the Jacobian's places. */
#include <cvode/cvode.h>
#include <nvector/nvector_serial.h>
#include <sundials/sundials_types.h>
#include <sunlinsol/sunlinsol_dense.h>
#include <sunlinsol/sunlinsol_klu.h>
#include <sunmatrix/sunmatrix_dense.h>
#include <sunmatrix/sunmatrix_sparse.h>

typedef struct {
  const double *parameters, *initial, *start_h, *end_h, *dose, *rate, *sample_h;
  const long *first_sample;
  double relative, absolute;
  long patients, segments, samples, dense;
  double *values;
  long *steps;
} task;

typedef struct { double constants[CONSTANTS + 1], rates[STATES], slopes[STATES], entries[ENTRIES]; } data;

static int right_side(realtype t, N_Vector y, N_Vector dy, void *user)
{
  data *d = user;
  (void)t;
  rhs(N_VGetArrayPointer(y), d->constants, d->rates, N_VGetArrayPointer(dy));
  return 0;
}

static int jacobian_matrix(realtype t, N_Vector y, N_Vector fy, SUNMatrix J, void *user, N_Vector a,
                           N_Vector b, N_Vector c)
{
  data *d = user;
  (void)t; (void)fy; (void)a; (void)b; (void)c;
  rhs_and_jacobian(N_VGetArrayPointer(y), d->constants, d->rates, d->slopes, d->entries);
  if (SUNMatGetID(J) == SUNMATRIX_DENSE) {
    for (int k = 0; k < ENTRIES; k++) SM_ELEMENT_D(J, ENTRY_ROW[k], ENTRY_COLUMN[k]) = d->entries[k];
    return 0;
  }
  for (int j = 0; j <= STATES; j++) SUNSparseMatrix_IndexPointers(J)[j] = COLUMN_START[j];
  for (int k = 0; k < ENTRIES; k++) {
    SUNSparseMatrix_IndexValues(J)[k] = ENTRY_ROW[BY_COLUMN[k]];
    SUNSparseMatrix_Data(J)[k] = d->entries[BY_COLUMN[k]];
  }
  return 0;
}

#define CHECK(call) do { int code_ = (call); if (code_ < 0) return code_; } while (0)

static int patient(const task *t, long s, void *cvode, N_Vector y, data *d)
{
  double *state = N_VGetArrayPointer(y), *values = t->values + s * t->samples * STATES;
  double row[PARAMETERS];
  for (int i = 0; i < PARAMETERS; i++) row[i] = t->parameters[s * PARAMETERS + i];
  prepare(row, d->constants);
  for (int i = 0; i < STATES; i++) { state[i] = t->initial[i]; d->rates[i] = 0.0; }
  for (long k = 0; k < t->segments; k++) {
    long sample = t->first_sample[k], last = t->first_sample[k + 1];
    for (; sample < last && t->sample_h[sample] <= t->start_h[k]; sample++)
      for (int i = 0; i < STATES; i++) values[sample * STATES + i] = state[i];
    for (int i = 0; i < STATES; i++) {
      state[i] += t->dose[k * STATES + i];
      d->rates[i] = t->rate[k * STATES + i];
    }
    double now = t->start_h[k];
    CHECK(CVodeReInit(cvode, now, y));
    CHECK(CVodeSetStopTime(cvode, t->end_h[k]));
    for (; sample < last; sample++) {
      CHECK(CVode(cvode, t->sample_h[sample], y, &now, CV_NORMAL));
      for (int i = 0; i < STATES; i++) values[sample * STATES + i] = state[i];
    }
    if (now < t->end_h[k]) CHECK(CVode(cvode, t->end_h[k], y, &now, CV_NORMAL));
    long steps = 0;
    CVodeGetNumSteps(cvode, &steps);
    t->steps[s] += steps;
  }
  return 0;
}

int solve(const task *t)
{
  static data place;
  data *d = &place;
  SUNContext context;
  CHECK(SUNContext_Create(NULL, &context));
  N_Vector y = N_VNew_Serial(STATES, context);
  for (int i = 0; i < STATES; i++) N_VGetArrayPointer(y)[i] = t->initial[i];
  void *cvode = CVodeCreate(CV_BDF, context);
  CHECK(CVodeInit(cvode, right_side, t->start_h[0], y));
  CHECK(CVodeSStolerances(cvode, t->relative, t->absolute));
  CHECK(CVodeSetUserData(cvode, d));
  CHECK(CVodeSetMaxNumSteps(cvode, 1000000));
  SUNMatrix J = t->dense ? SUNDenseMatrix(STATES, STATES, context)
                         : SUNSparseMatrix(STATES, STATES, ENTRIES + STATES, CSC_MAT, context);
  SUNLinearSolver linear = t->dense ? SUNLinSol_Dense(y, J, context) : SUNLinSol_KLU(y, J, context);
  CHECK(CVodeSetLinearSolver(cvode, linear, J));
  CHECK(CVodeSetJacFn(cvode, jacobian_matrix));
  int code = 0;
  for (long s = 0; s < t->patients && code == 0; s++) code = patient(t, s, cvode, y, d);
  CVodeFree(&cvode);
  SUNLinSolFree(linear);
  SUNMatDestroy(J);
  N_VDestroy(y);
  SUNContext_Free(&context);
  return code;
}
