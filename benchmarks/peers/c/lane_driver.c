/* The driver of the lanes, as the engine has it: every lane at its own pace through its own
   patient's events; a lane that is done takes the next patient. */

enum { PREPARED = 1 };
enum { ADD, RATE, SET, RESET, PARAMETERS_EVENT };
enum { OK, STEP_TOO_SMALL, TOO_MANY_STEPS, NOT_FINITE };
enum { EMPTY, STOPPED, OPENING, RUNNING, DRY };

static const double SAFETY = 0.9, FASTEST = 6.0, RESOLUTION = 0x1p-50, SHORTEST = 1e-30;
static const double IDLE_STEP_H = 1e-3;

typedef struct {
  const double *parameters, *initial, *start_time_h, *absolute;
  const long *start_row, *event_offset, *event_kind, *event_index, *sample_event;
  const double *event_time_h, *event_value, *sample_time_h;
  double relative, maximum_step_h;
  long subjects, samples, maximum_steps;
  double *values;
  long *status, *accepted, *rejected;
} task;

typedef struct {
  double time, target, first_step, wished_h, limit, remaining;
  long subject, phase, event, last, applied, next, steps, remembered, due;
} lane_notes;

typedef struct {
  vec memory[ROWS];
  lane_notes lane[LANES];
  const task *given;
  long ticket;
  int stale;
} crew;

#define AT(field, lane_number) ((double *)(c->memory + FIRST_##field))[lane_number]
#define ROW(field, row, lane_number) ((double *)(c->memory + FIRST_##field + (row)))[lane_number]

static double fitted(double step_h, double remaining)
{
  if (step_h >= remaining * (1.0 - 1e-12)) return remaining;
  return step_h > 0.5 * remaining ? 0.5 * remaining : step_h;
}

static void take_parameters(crew *c, int l, long row)
{
  const double *from = c->given->parameters + row * PARAMETERS;
  for (int i = 0; i < PARAMETERS; i++) ROW(parameters, i, l) = from[i];
  c->stale = 1;
}

static void fail(crew *c, int l, long status)
{
  c->given->status[c->lane[l].subject] = status;
  c->lane[l].phase = EMPTY;
}

static void refresh(crew *c)
{
  if (c->stale) prepare_lanes(c->memory);
  c->stale = 0;
}

static void load_subject(crew *c, int l)
{
  const task *t = c->given;
  lane_notes *n = c->lane + l;
  if (c->ticket >= t->subjects) { n->phase = DRY; return; }
  long s = c->ticket++;
  for (int i = 0; i < STATES; i++) ROW(rates, i, l) = 0.0;
  for (int i = 0; i < VISIBLE; i++) ROW(state, i, l) = t->initial[s * VISIBLE + i];
  take_parameters(c, l, t->start_row[s]);
  *n = (lane_notes){.time = t->start_time_h[s], .subject = s, .phase = STOPPED,
                    .event = t->event_offset[s], .last = t->event_offset[s + 1]};
}

static int is_due(const crew *c, int l, double time_h)
{
  const task *t = c->given;
  const lane_notes *n = c->lane + l;
  long k = n->subject * t->samples + n->next;
  return n->next < t->samples && t->sample_event[k] == n->applied && t->sample_time_h[k] <= time_h;
}

static int keep(crew *c, int l)
{
  const task *t = c->given;
  lane_notes *n = c->lane + l;
  double *to = t->values + (n->subject * t->samples + n->next) * OUTPUTS;
  int finite = 1;
  for (int i = 0; i < OUTPUTS; i++) {
    to[i] = ROW(values, i, l);
    finite = finite && isfinite(to[i]);
  }
  n->next++;
  return finite;
}

static int sample_now(crew *c, int l)
{
  if (!is_due(c, l, c->lane[l].time)) return 1;
  refresh(c);
  observe_lanes(c->memory);
  while (is_due(c, l, c->lane[l].time))
    if (!keep(c, l)) return 0;
  return 1;
}

static void apply_event(crew *c, int l, long event)
{
  const task *t = c->given;
  long index = t->event_index[event];
  double value = t->event_value[event];
  switch (t->event_kind[event]) {
    case ADD: ROW(state, index, l) += value; break;
    case RATE: ROW(rates, index, l) = value; break;
    case SET: ROW(state, index, l) = value; break;
    case PARAMETERS_EVENT: take_parameters(c, l, index); break;
    default:
      for (int i = 0; i < VISIBLE; i++) ROW(state, i, l) = ROW(rates, i, l) = 0.0;
  }
}

static void settle(crew *c, int l)
{
  const task *t = c->given;
  lane_notes *n = c->lane + l;
  for (;;) {
    if (!sample_now(c, l)) { fail(c, l, NOT_FINITE); return; }
    double target = n->time;
    if (n->event < n->last) target = t->event_time_h[n->event];
    else if (t->samples > 0) target = fmax(target, t->sample_time_h[(n->subject + 1) * t->samples - 1]);
    if (target - n->time > SHORTEST) {
      n->target = target;
      n->limit = FASTEST;
      n->wished_h = n->first_step;
      n->steps = n->remembered = 0;
      n->phase = n->first_step > 0.0 ? RUNNING : OPENING;
      return;
    }
    if (target > n->time) { n->time = target; continue; }
    if (n->event == n->last) { t->status[n->subject] = OK; n->phase = EMPTY; return; }
    apply_event(c, l, n->event++);
    n->applied++;
  }
}

static double opening_step(crew *c, int l)
{
  const task *t = c->given;
  double remaining = c->lane[l].target - c->lane[l].time, level = 0.0, change = 0.0;
  for (int i = 0; i < VISIBLE; i++) {
    double size = fabs(ROW(state, i, l)), scale = t->absolute[i] + t->relative * size;
    level = fmax(level, size / scale);
    change = fmax(change, fabs(ROW(slope, i, l)) / scale);
  }
  double guess = 1e-3 * fmin(remaining, 1.0);
  if (level > 1e-5 && change > 1e-5 && change < INFINITY) guess = 0.01 * level / change;
  return fmax(fmin(guess, remaining), 1e-9 * remaining);
}

static void settle_all(crew *c)
{
  int opening = 0, waiting = 1;
  while (waiting) {
    waiting = 0;
    for (int l = 0; l < LANES; l++) if (c->lane[l].phase == EMPTY) load_subject(c, l);
    for (int l = 0; l < LANES; l++)
      if (c->lane[l].phase == STOPPED) {
        settle(c, l);
        waiting |= c->lane[l].phase == EMPTY;
        opening |= c->lane[l].phase == OPENING;
      }
  }
  refresh(c);
  if (!opening) return;
  open_lanes(c->memory);
  for (int l = 0; l < LANES; l++)
    if (c->lane[l].phase == OPENING) {
      c->lane[l].wished_h = opening_step(c, l);
      c->lane[l].phase = RUNNING;
    }
}

static int choose_step(crew *c, int l)
{
  lane_notes *n = c->lane + l;
  AT(accepted, l) = 0.0;
  if (n->phase != RUNNING) { AT(step_h, l) = IDLE_STEP_H; return 0; }
  n->remaining = n->target - n->time;
  AT(step_h, l) = fitted(fmin(n->wished_h, c->given->maximum_step_h), n->remaining);
  return 1;
}

static void judge(crew *c, int l)
{
  const task *t = c->given;
  lane_notes *n = c->lane + l;
  double trial_h = AT(step_h, l), size = AT(size, l), factor = AT(factor, l);
  n->steps++;
  if (size <= 1.0) {
    t->accepted[n->subject]++;
    AT(accepted, l) = 1.0;
    if (!n->remembered) {
      double first_h = trial_h * fmin(factor, 2.0);
      if (trial_h < n->remaining || first_h > n->first_step) n->first_step = first_h;
      n->remembered = 1;
    }
    AT(end, l) = trial_h == n->remaining ? n->target : n->time + trial_h;
    double kept = trial_h < n->wished_h && factor >= 1.0 ? n->wished_h : 0.0;
    n->wished_h = fmax(trial_h * fmin(factor, n->limit), kept);
    n->limit = FASTEST;
    return;
  }
  t->rejected[n->subject]++;
  n->limit = 1.0;
  n->wished_h = trial_h * fmin(factor, SAFETY);
  if (n->wished_h < RESOLUTION * fmax(fabs(n->time), fabs(n->target)))
    fail(c, l, size == INFINITY ? NOT_FINITE : STEP_TOO_SMALL);
}

static int aim_sample(crew *c, int l)
{
  lane_notes *n = c->lane + l;
  double end = AT(end, l);
  n->due = n->phase == RUNNING && AT(accepted, l) > 0.0 && is_due(c, l, end);
  AT(fraction, l) = 1.0;
  if (n->due) {
    double time_h = c->given->sample_time_h[n->subject * c->given->samples + n->next];
    AT(sample_time, l) = time_h;
    if (time_h != end) AT(fraction, l) = (time_h - n->time) / AT(step_h, l);
  }
  return n->due;
}

static void sample_steps(crew *c)
{
  for (;;) {
    int found = 0;
    for (int l = 0; l < LANES; l++) found |= aim_sample(c, l);
    if (!found) return;
    sample_lanes(c->memory);
    for (int l = 0; l < LANES; l++)
      if (c->lane[l].due && !keep(c, l)) { AT(accepted, l) = 0.0; fail(c, l, NOT_FINITE); }
  }
}

static void arrive(crew *c, int l)
{
  lane_notes *n = c->lane + l;
  if (AT(accepted, l) > 0.0) {
    n->time = AT(end, l);
    if (n->time == n->target) { n->phase = STOPPED; return; }
  }
  if (n->steps >= c->given->maximum_steps) fail(c, l, TOO_MANY_STEPS);
}

void solve(const task *given)
{
  static crew place;
  crew *c = &place;
  memset(c, 0, sizeof *c);
  c->given = given;
  c->stale = 1;
  for (int l = 0; l < LANES; l++) {
    AT(relative, l) = given->relative;
    AT(step_h, l) = IDLE_STEP_H;
    for (int i = 0; i < VISIBLE; i++) {
      ROW(absolute, i, l) = given->absolute[i];
      ROW(state, i, l) = given->initial[i];
    }
    take_parameters(c, l, given->start_row[0]);
  }
  for (;;) {
    int busy = 0;
    settle_all(c);
    for (int l = 0; l < LANES; l++) busy |= choose_step(c, l);
    if (!busy) return;
    step_lanes(c->memory);
    for (int l = 0; l < LANES; l++) if (c->lane[l].phase == RUNNING) judge(c, l);
    sample_steps(c);
    accept_lanes(c->memory);
    for (int l = 0; l < LANES; l++) if (c->lane[l].phase == RUNNING) arrive(c, l);
  }
}
