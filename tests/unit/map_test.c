// SPDX-License-Identifier: GPL-2.0-or-later
/* map: that the drawing holds together, and which ways records show. */
#include "golden.h"
#include "hostile.h"

#include "../../harness/examine/examine_edge.h"
#include "../../harness/report/grid.h"
#include "../../harness/report/map/map.h"
#include "../../harness/report/report.h"

#define LETTER_PIXELS 6.7

/* ---- the drawing ---- */

static void every_way_has_its_edges_together(void **state)
{
	enum map_line last = LINE_NONE;
	bool had[LINE_COUNT] = {false};

	(void)state;
	for (size_t i = 0; i < map_edge_count; i++) {
		enum map_line line = map_edges[i].line;

		if (line != last && had[line])
			fail_msg("edges of line %d are apart: %s", line, map_edges[i].event);
		had[line] = true;
		last = line;
		assert_true(map_edges[i].event && *map_edges[i].event);
		assert_true(map_edges[i].function && *map_edges[i].function && map_edges[i].rfc);
	}
	for (unsigned int line = LINE_NONE + 1; line < LINE_COUNT; line++)
		if (!had[line])
			fail_msg("line %u has no edge", line);
}

/* From the border of one box to the border of another, level or upright. */
static void expect_at(const struct map_box *box, struct map_point point)
{
	int dx = abs(point.x - box->x), dy = abs(point.y - box->y);

	if (!(dx == MAP_BOX_WIDTH / 2 && dy <= MAP_BOX_HEIGHT / 2) &&
	    !(dy == MAP_BOX_HEIGHT / 2 && dx <= MAP_BOX_WIDTH / 2))
		fail_msg("%d,%d is not at %s", point.x, point.y, box->name);
}

static void lines_join_boxes(void **state)
{
	(void)state;
	for (unsigned int line = LINE_NONE + 1; line < LINE_COUNT; line++) {
		const struct map_way *way = &map_ways[line];
		unsigned int count = 0;

		while (count < MAP_POINTS && way->points[count].x)
			count++;
		if (!count)
			continue;
		expect_at(&map_boxes[way->from], way->points[0]);
		/* CLOSE is drawn twice: what a listener ends in is the first */
		expect_at(&map_boxes[line == LINE_LISTEN_CLOSE ? NODE_CLOSE : way->to],
		          way->points[count - 1]);
		for (unsigned int i = 1; i < count; i++)
			assert_true(way->points[i].x == way->points[i - 1].x ||
			            way->points[i].y == way->points[i - 1].y);
	}
}

struct area {
	double x, y, end_x, end_y;
};

static bool areas_meet(const struct area *a, const struct area *b)
{
	return a->x < b->end_x && b->x < a->end_x && a->y < b->end_y && b->y < a->end_y;
}

static void area_add(struct area *areas, size_t *count, const struct map_way *way, int row,
                     size_t letters)
{
	double width = LETTER_PIXELS * (double)letters;
	double x = way->words.x - (way->end ? width : 0), y = way->words.y + MAP_LINE_PIXELS * row;

	areas[(*count)++] = (struct area){x, y - 9, x + width, y + 2};
}

static int least(int a, int b)
{
	return a < b ? a : b;
}

/* Each stretch of each line, none of which may run through words. */
static void lines_expect_clear(const struct area *areas, size_t count)
{
	for (unsigned int line = LINE_NONE + 1; line < LINE_COUNT; line++) {
		const struct map_point *points = map_ways[line].points;

		for (unsigned int i = 1; i < MAP_POINTS && points[i].x; i++) {
			const struct map_point from = points[i - 1], to = points[i];
			const struct area stretch = {least(from.x, to.x), least(from.y, to.y),
			                             -least(-from.x, -to.x) + 1,
			                             -least(-from.y, -to.y) + 1};

			for (size_t j = 0; j < count; j++)
				if (areas_meet(&areas[j], &stretch))
					fail_msg("line %u runs through words at %.0f,%.0f", line,
					         areas[j].x, areas[j].y);
		}
	}
}

static void no_words_are_over_others(void **state)
{
	struct area areas[300];
	size_t count = 0;

	(void)state;
	for (unsigned int node = 0; node < NODE_COUNT; node++)
		areas[count++] = (struct area){map_boxes[node].x - MAP_BOX_WIDTH / 2.0,
		                               map_boxes[node].y - MAP_BOX_HEIGHT / 2.0,
		                               map_boxes[node].x + MAP_BOX_WIDTH / 2.0,
		                               map_boxes[node].y + MAP_BOX_HEIGHT / 2.0};
	for (unsigned int line = LINE_NONE + 1; line < LINE_COUNT; line++) {
		const struct map_way *way = &map_ways[line];
		int row = !way->points[0].x;

		if (!way->words.x)
			continue;
		for (size_t i = 0; i < map_edge_count; i++)
			if (map_edges[i].line == line)
				area_add(areas, &count, way, row++,
				         strlen(map_edges[i].event) +
				                 (map_edge_denied(&map_edges[i]) ? 2 : 0));
		if (way->action && *way->action)
			area_add(areas, &count, way, row, strlen(way->action));
	}
	for (size_t i = 0; i < count; i++) {
		assert_true(areas[i].x >= 0 && areas[i].end_x <= MAP_WIDTH);
		assert_true(areas[i].y >= 0 && areas[i].end_y <= MAP_HEIGHT);
		for (size_t j = 0; j < i; j++)
			if (areas_meet(&areas[i], &areas[j]))
				fail_msg("areas at %.0f,%.0f and %.0f,%.0f meet", areas[i].x,
				         areas[i].y, areas[j].x, areas[j].y);
	}
	lines_expect_clear(areas + NODE_COUNT, count - NODE_COUNT);
}

/* ---- the same ways as the examiner's ---- */

static const enum tcp_state node_states[NODE_COUNT] = {
	[NODE_CLOSE] = STATE_CLOSE,
	[NODE_LISTEN] = STATE_LISTEN,
	[NODE_REQUEST] = STATE_SYN_RECV,
	[NODE_SYN_SENT] = STATE_SYN_SENT,
	[NODE_SYN_RECV] = STATE_SYN_RECV,
	[NODE_ESTABLISHED] = STATE_ESTABLISHED,
	[NODE_FIN_WAIT1] = STATE_FIN_WAIT1,
	[NODE_FIN_WAIT2] = STATE_FIN_WAIT2,
	[NODE_FIN_WAIT2_MINI] = STATE_FIN_WAIT2,
	[NODE_CLOSING] = STATE_CLOSING,
	[NODE_TIME_WAIT] = STATE_TIME_WAIT,
	[NODE_CLOSE_WAIT] = STATE_CLOSE_WAIT,
	[NODE_LAST_ACK] = STATE_LAST_ACK,
	[NODE_END] = STATE_CLOSE,
};

/* Where a request sock begins the map has the listener, the examiner a life: CLOSE. */
static bool map_has(enum tcp_state from, enum tcp_state to)
{
	for (size_t i = 0; i < map_edge_count; i++) {
		const struct map_way *way = &map_ways[map_edges[i].line];
		enum tcp_state way_from = node_states[way->from];

		if (way->from == NODE_LISTEN && node_states[way->to] == STATE_SYN_RECV)
			way_from = STATE_CLOSE;
		if (way_from == from && node_states[way->to] == to &&
		    !map_edge_denied(&map_edges[i]))
			return true;
	}
	return false;
}

static void what_the_examiner_takes_is_on_the_map(void **state)
{
	(void)state;
	for (int from = 0; from < STATE_COUNT; from++) {
		const struct edge *edge = NULL;

		while ((edge = edge_next((enum tcp_state)from, edge)))
			if (!map_has(edge->from, edge->to))
				fail_msg("%s to %s is not on the map", state_name(edge->from),
				         state_name(edge->to));
	}
}

/* ---- witnesses ---- */

static const struct map_seen *seen_of(const struct state_map *map, enum map_line line,
                                      const char *event)
{
	for (size_t i = 0; i < map_edge_count; i++)
		if (map_edges[i].line == line && !strcmp(map_edges[i].event, event))
			return &map->seen[i];
	fail_msg("no edge '%s'", event);
	return NULL;
}

static size_t seen_count(const struct state_map *map)
{
	size_t count = 0;

	for (size_t i = 0; i < map_edge_count; i++)
		count += map->seen[i].count > 0;
	return count;
}

static void map_of(struct record **rec, struct state_map *map)
{
	assert_int_equal(state_map_build((const struct record *const *)rec, 1, map), 0);
}

static void four_waves(void **state)
{
	struct record *rec = canned_record("four-waves.jsonl");
	struct state_map map;

	(void)state;
	map_of(&rec, &map);
	assert_int_equal(map.stray_count, 0);
	assert_int_equal(seen_of(&map, LINE_CLOSE_SYN_SENT, "connect()")->count, 1);
	assert_int_equal(seen_of(&map, LINE_ESTABLISHED_FIN_WAIT1, "close()")->traced, 1);
	assert_int_equal(seen_of(&map, LINE_FIN_WAIT1_FIN_WAIT2, "rcv ACK of FIN")->count, 1);
	assert_int_equal(seen_of(&map, LINE_ESTABLISHED_CLOSE_WAIT, "rcv FIN")->count, 1);
	assert_int_equal(seen_of(&map, LINE_CLOSE_WAIT_LAST_ACK, "close()")->count, 1);
	assert_int_equal(seen_of(&map, LINE_LAST_ACK_END, "rcv ACK of FIN")->count, 1);
	assert_int_equal(seen_of(&map, LINE_FIN_WAIT1_CLOSING, "rcv FIN")->count, 0);
	assert_int_equal(seen_of(&map, LINE_ESTABLISHED_END, "rcv RST")->count, 0);
	state_map_free(&map);
	record_free(rec);
}

/* Simultaneous: each end gets the other's SYN, which was its own. */
static void self_connect(void **state)
{
	struct record *rec = canned_record("self-connect.jsonl");
	struct state_map map;

	(void)state;
	map_of(&rec, &map);
	assert_int_equal(map.stray_count, 0);
	assert_int_equal(
		seen_of(&map, LINE_SYN_SENT_SYN_RECV, "rcv SYN (simultaneous, or its own)")->count,
		1);
	assert_int_equal(seen_of(&map, LINE_LISTEN_REQUEST, "rcv SYN")->count, 0);
	state_map_free(&map);
	record_free(rec);
}

/* Without trace each way is read, and says so. */
static void polled(void **state)
{
	struct record *rec = canned_record("polled.jsonl");
	struct state_map map;

	(void)state;
	map_of(&rec, &map);
	assert_true(seen_count(&map) >= 3);
	for (size_t i = 0; i < map_edge_count; i++)
		assert_int_equal(map.seen[i].traced, 0);
	state_map_free(&map);
	record_free(rec);
}

static struct record *moving_record(const char *sock, const enum tcp_state *states, size_t count,
                                    const char *cause)
{
	struct record *rec = record_new();

	assert_non_null(rec);
	rec->probe = "my.probe";
	for (size_t i = 1; i < count; i++) {
		struct event event = {.t_ns = (int64_t)i * NS_PER_S, .kind = EVENT_TRANSITION};

		strcpy(event.sock, sock);
		event.transition.from = states[i - 1];
		event.transition.to = states[i];
		event.transition.cause = cause;
		assert_int_equal(record_add_event(rec, &event), 0);
	}
	return rec;
}

/* What the kernel did and the table does not know is told, with a name and without one. */
static void what_is_not_on_the_map_is_told(void **state)
{
	static const enum tcp_state states[] = {STATE_ESTABLISHED, STATE_LISTEN};
	static const char *const socks[] = {"c1", ""};

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		struct record *rec = moving_record(socks[i], states, 2, "syscall listen");
		struct state_map map;
		char *text = NULL;
		size_t size = 0;
		FILE *out = open_memstream(&text, &size);

		map_of(&rec, &map);
		assert_int_equal(map.stray_count, 1);
		assert_int_equal(map.strays[0].from, NODE_ESTABLISHED);
		assert_int_equal(map.strays[0].to, NODE_LISTEN);
		assert_true(map.strays[0].traced);
		map_print(&map, NULL, true, out);
		fclose(out);
		assert_non_null(strstr(text, "! ESTABLISHED to LISTEN by syscall listen: not on "
		                             "this map. Seen in my.probe"));
		free(text);
		state_map_free(&map);
		record_free(rec);
	}
}

/* close() with a reset: it shows its way, and that the RFC's note 3 is not Linux's. */
static void what_linux_has_not_is_shown_by_what_it_has(void **state)
{
	static const enum tcp_state states[] = {STATE_CLOSE, STATE_SYN_SENT, STATE_ESTABLISHED};
	static const enum tcp_state ends[] = {STATE_ESTABLISHED, STATE_CLOSE};
	struct record *open = moving_record("c1", states, 3, "packet");
	struct record *rec = moving_record("c1", ends, 2, "syscall close");
	const struct map_seen *denied;
	struct state_map map;

	(void)state;
	map_of(&open, &map);
	assert_int_equal(seen_of(&map, LINE_ESTABLISHED_TIME_WAIT, "snd RST (note 3)")->count, 0);
	state_map_free(&map);
	map_of(&rec, &map);
	denied = seen_of(&map, LINE_ESTABLISHED_TIME_WAIT, "snd RST (note 3)");
	assert_int_equal(denied->count, 1);
	assert_int_equal(map_extent_of(&map, denied), EXTENT_ALL);
	state_map_free(&map);
	record_free(open);
	record_free(rec);
}

/* Of two kernels one shows it. */
static void some_kernels_are_not_all(void **state)
{
	static const enum tcp_state states[] = {STATE_CLOSE, STATE_LISTEN};
	struct record *records[] = {moving_record("l1", states, 2, "syscall listen"),
	                            moving_record("l1", states, 1, "syscall listen")};
	const struct map_seen *seen;
	struct state_map map;

	(void)state;
	strcpy(records[0]->run.kernel, "5.10.1");
	strcpy(records[1]->run.kernel, "6.12.1");
	assert_int_equal(state_map_build((const struct record *const *)records, 2, &map), 0);
	seen = seen_of(&map, LINE_CLOSE_LISTEN, "listen()");
	assert_int_equal(map_extent_of(&map, seen), EXTENT_SOME);
	strcpy(records[1]->run.kernel, "5.10.1");
	state_map_free(&map);
	assert_int_equal(state_map_build((const struct record *const *)records, 2, &map), 0);
	assert_int_equal(map_extent_of(&map, seen_of(&map, LINE_CLOSE_LISTEN, "listen()")),
	                 EXTENT_ALL);
	state_map_free(&map);
	record_free(records[0]);
	record_free(records[1]);
}

static void nothing_reaches_it_unescaped(void **state)
{
	struct record *rec = hostile_record();
	char *text = NULL;
	size_t size = 0;
	FILE *out = open_memstream(&text, &size);

	(void)state;
	assert_int_equal(map_svg((const struct record *const *)&rec, 1, out), 0);
	fclose(out);
	hostile_expect_harmless(text);
	free(text);
	record_free(rec);
}

static char *rows_of(struct record *rec, enum grid_format format)
{
	struct grid grid = grid_open("map");
	char *text = NULL;
	size_t size = 0;
	FILE *out = open_memstream(&text, &size);

	assert_int_equal(map_ways_put(&grid, (const struct record *const *)&rec, rec != NULL), 0);
	assert_int_equal(grid_print(&grid, format, out), 0);
	fclose(out);
	grid_free(&grid);
	return text;
}

/* A row an edge, whoever shows it or nobody, and a row for what is not on the map. */
static void rows_have_every_edge(void **state)
{
	static const enum tcp_state states[] = {STATE_CLOSE, STATE_LISTEN, STATE_SYN_SENT};
	struct record *rec = moving_record("l1", states, 3, "syscall listen");
	char *text = rows_of(rec, GRID_CSV), *none = rows_of(NULL, GRID_CSV);
	size_t rows = 0;

	(void)state;
	for (const char *at = text; (at = strchr(at, '\n')); at++)
		rows++;
	assert_int_equal(rows, 1 + map_edge_count + 1);
	assert_non_null(strstr(text, ",CLOSE,LISTEN,listen(),inet_csk_listen_start(),figure 5,seen"
	                             ",1,"));
	assert_non_null(strstr(text, ",LISTEN,SYN_SENT,SEND,"));
	assert_non_null(strstr(text, ",not in Linux,0,"));
	assert_non_null(strstr(text, ",not on the map,1,"));
	assert_non_null(strstr(none, ",CLOSE,LISTEN,listen(),inet_csk_listen_start(),figure 5,not "
	                             "seen,0,,,\r\n"));
	free(text);
	free(none);
	record_free(rec);
}

static void no_row_has_more_than_its_cells(void **state)
{
	struct record *rec = hostile_record();
	char *text = rows_of(rec, GRID_MARKDOWN);

	(void)state;
	markdown_expect_escaped(text);
	free(text);
	record_free(rec);
}

static void no_records_are_a_map_too(void **state)
{
	char *text = NULL;
	size_t size = 0;
	FILE *out = open_memstream(&text, &size);

	(void)state;
	assert_int_equal(map_svg(NULL, 0, out), 0);
	fclose(out);
	assert_non_null(strstr(text, "</svg>"));
	assert_null(strstr(text, "<path class=\"all\""));
	free(text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_way_has_its_edges_together),
		cmocka_unit_test(lines_join_boxes),
		cmocka_unit_test(no_words_are_over_others),
		cmocka_unit_test(what_the_examiner_takes_is_on_the_map),
		cmocka_unit_test(four_waves),
		cmocka_unit_test(self_connect),
		cmocka_unit_test(polled),
		cmocka_unit_test(what_is_not_on_the_map_is_told),
		cmocka_unit_test(what_linux_has_not_is_shown_by_what_it_has),
		cmocka_unit_test(some_kernels_are_not_all),
		cmocka_unit_test(nothing_reaches_it_unescaped),
		cmocka_unit_test(rows_have_every_edge),
		cmocka_unit_test(no_row_has_more_than_its_cells),
		cmocka_unit_test(no_records_are_a_map_too),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
