#include "appraise/shape_near.h"

#include "base/banned.h"

static bool gives(const struct reference_shape *s, unsigned reg, const struct digest *value)
{
	size_t bank = 0;

	while (bank < s->n_banks && s->banks[bank] != value->alg)
		bank++;
	for (size_t i = 0; bank < s->n_banks && i < s->n_registers; i++)
		if (s->registers[i].reg == reg && s->registers[i].how != REFERENCE_NOT_PREDICTABLE)
			return digest_equal(&s->registers[i].values[bank], value);
	return false;
}

static struct str input_of(const struct reference_shape *s, struct str name)
{
	for (size_t i = 0; i < s->n_inputs; i++)
		if (str_equal(s->inputs[i].name, name))
			return s->inputs[i].value;
	return str_make(NULL, 0);
}

static void add(struct shape_near *n, struct str name, struct str expected, struct str fits)
{
	if (str_equal(expected, fits))
		return;
	if (n->n_inputs == SHAPE_NEAR_INPUTS_MAX)
		n->n_untold++;
	else
		n->inputs[n->n_inputs++] = (struct shape_near_input){ name, expected, fits };
}

static void compare(struct shape_near *n, const struct reference_shape *expected)
{
	const struct reference_shape *fits = n->shape;

	for (size_t i = 0; i < expected->n_inputs; i++)
		add(n, expected->inputs[i].name, expected->inputs[i].value,
			input_of(fits, expected->inputs[i].name));
	for (size_t i = 0; i < fits->n_inputs; i++)
		if (!input_of(expected, fits->inputs[i].name).p)
			add(n, fits->inputs[i].name, str_make(NULL, 0), fits->inputs[i].value);
}

bool shape_near_next(struct shape_near *ret, size_t *at, const struct reference_values *v,
	const struct reference_shape *expected, unsigned reg, const struct digest *value)
{
	for (; *at < v->n_shapes; (*at)++) {
		const struct reference_shape *s = &v->shapes[*at];

		if (s == expected || !str_equal(s->platform, expected->platform) ||
			!gives(s, reg, value))
			continue;
		*ret = (struct shape_near){ .shape = s };
		compare(ret, expected);
		(*at)++;
		return true;
	}
	return false;
}
