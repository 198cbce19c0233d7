"""A wave is shown once: late rows are told, and a row that was counted and is gone or changed is refused."""

import datetime
import json
import time
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

import dxkit as dx
from dxkit.__main__ import main
from dxkit.survey.privacy import record as records
from dxkit.survey.privacy.record import Record, publish, read

NAMES = ["who", "team", "ci"]
ROWS = [("k1", "Red", "4"), ("k2", "Red", "5"), ("", "Blue", "2"), ("", "Blue", "2")]
SETTINGS = Record(min_group=5, cuts=(("team",), ("team", "role")), comment_group=10)


def columns(rows, order=(0, 1, 2)):
    return [[row[j] for row in rows] for j in order]


@pytest.fixture
def shown(tmp_path):
    return publish(tmp_path, SETTINGS, "2026-Q3", "2026-08-20", NAMES, columns(ROWS))


def test_what_is_written_is_read_back_and_holds_no_answer(tmp_path, shown):
    assert read(tmp_path) == shown
    text = (tmp_path / records.FILE).read_text()
    assert not any(word in text for word in ("Red", "Blue", "k1", "who"))
    rows = json.loads(text)["waves"]["2026-Q3"]["rows"]
    assert rows == sorted(rows)
    assert len(rows) == 4
    assert read(tmp_path / "elsewhere") is None


def test_the_same_rows_in_any_order_are_none_of_them_late(shown):
    assert not shown.late("2026-Q3", NAMES, columns(ROWS[::-1])).any()
    spaced = [(f" {a} ", b, f"{c} ") for a, b, c in ROWS]
    assert not shown.late("2026-Q3", ["ci", "who", "team"], columns(spaced, (2, 0, 1))).any()
    assert not shown.late("2026-Q3", [*NAMES, "new"], [*columns(ROWS), [""] * 4]).any()


def test_rows_that_were_not_recorded_are_late_also_where_they_repeat_one(shown):
    more = [*ROWS, ("k3", "Red", "1"), ("", "Blue", "2")]
    assert shown.late("2026-Q3", NAMES, columns(more)).tolist() == [False] * 4 + [True] * 2


def test_a_wave_that_was_not_shown_has_no_late_rows(shown):
    assert not shown.late("2026-Q4", NAMES, columns(ROWS[:1])).any()


@pytest.mark.parametrize("rows", [ROWS[1:], [("k1", "Red", "3"), *ROWS[1:]], ROWS[:3]], ids=["gone", "changed", "one"])
def test_a_counted_row_that_is_gone_or_changed_is_refused(refusal, shown, rows):
    with refusal("counted on 2026-08-20"):
        shown.late("2026-Q3", NAMES, columns(rows))


def test_recorded_settings_hold(refusal, shown):
    shown.settled(min_group=None, cuts=["team", ["team", "role"]], comment_group=10)
    for name, value in {"min_group": 4, "cuts": ["role"], "comment_group": 20}.items():
        with refusal(name):
            shown.settled(**{name: value})


def test_a_second_wave_joins_the_first_with_the_same_salt(tmp_path, shown):
    both = publish(tmp_path, SETTINGS, "2026-Q4", "2026-11-20", NAMES, columns(ROWS[:2]))
    assert both.salt == shown.salt
    assert list(read(tmp_path).waves) == ["2026-Q3", "2026-Q4"]
    assert publish(tmp_path, SETTINGS, "2026-Q3", "2026-12-01", NAMES, columns(ROWS)) == both


def test_a_wave_is_not_shown_again_with_more_rows_nor_with_other_settings(refusal, tmp_path, shown):
    with refusal("it is shown once"):
        publish(tmp_path, SETTINGS, "2026-Q3", "2026-09-01", NAMES, columns([*ROWS, ("k9", "Red", "1")]))
    with refusal("min_group"):
        publish(
            tmp_path, Record(min_group=4, cuts=SETTINGS.cuts, comment_group=10), "a", "2026-09-01", NAMES, columns(ROWS)
        )


@pytest.mark.parametrize(
    "change",
    [
        {"min_group": 2},
        {"min_group": True},
        {"cuts": 3},
        {"version": 9},
        {"waves": {"a": {"day": "soon", "rows": []}}},
        {"waves": {"a": {"day": "2026-08-20", "rows": ["k1"]}}},
        {"salt": None},
    ],
)
def test_a_damaged_record_is_refused(refusal, tmp_path, shown, change):
    path = tmp_path / records.FILE
    path.write_text(json.dumps(json.loads(path.read_text()) | change))
    with refusal(records.FILE):
        read(tmp_path)
    path.write_text("{")
    with refusal(records.FILE):
        read(tmp_path)


@pytest.mark.parametrize("rows", [2_000, pytest.param(250_000, marks=pytest.mark.simulated)])
def test_digests_of_ten_million_cells_take_seconds(rows):
    rng = np.random.default_rng(1)
    cells = [list(map(str, rng.integers(0, 5, rows))) for _ in range(40)]
    start = time.process_time()
    assert len(set(records.digests("s", [f"q{j}" for j in range(40)], cells))) == rows
    assert time.process_time() - start < 1 + 20 * rows / 250_000


BOOK = "item,text,kind,scale\nid,Id,id,\nci,CI is fast,rating,agreement5\nteam,Team,segment,\n"


def written(folder, rows):
    folder.mkdir(exist_ok=True)
    (folder / "codebook.csv").write_text(BOOK)
    lines = [f"k{i:02d},{answer},{team}\n" for i, (answer, team) in enumerate(rows)]
    (folder / "responses_2026-Q3.csv").write_text("id,ci,team\n" + "".join(lines))
    return folder / "responses_2026-Q3.csv"


def test_answers_that_come_after_a_wave_was_shown_do_not_count_and_none_may_go(tmp_path, refusal):
    rows = [(1 + i % 5, "AB"[i % 2]) for i in range(20)]
    file = written(tmp_path / "ours", rows)
    survey = dx.open_survey(file)
    before = dx.scores(survey, by="team").table
    assert main(["publish", str(file)]) == 0
    record = file.with_name("release.json")
    record.write_text(record.read_text().replace(datetime.date.today().isoformat(), "2026-10-01"))
    written(tmp_path / "ours", [*rows, *[(5, "A")] * 6])
    late = dx.open_survey(file)
    assert len(late) == 20
    assert late.cleaning["what"].tolist() == ["came after the wave was shown"]
    assert late.cleaning["count"].tolist() == [6]
    pd.testing.assert_frame_equal(dx.scores(late, by="team").table, before)
    assert len(dx.open_survey(file, record=False)) == 26
    written(tmp_path / "ours", [*rows, (5, "A")])
    few = dx.open_survey(file)
    assert few.cleaning["what"].tolist() == ["came after the wave was shown (fewer than 5)"]
    written(tmp_path / "ours", [(5, "B"), *rows[1:]])
    with refusal("gone or changed"):
        dx.open_survey(file)


def test_recorded_settings_hold_and_another_value_is_refused_with_both(tmp_path, refusal):
    file = written(tmp_path / "ours", [(1 + i % 5, "AB"[i % 2]) for i in range(20)])
    dx.open_survey(file, min_group=6, cuts=["team"]).release.publish()
    assert dx.open_survey(file).min_group == 6
    with refusal("min_group=7", "min_group=6"):
        dx.open_survey(file, min_group=7)


@pytest.mark.thorough
def test_the_samples_and_frames_are_not_published(refusal):
    with refusal("samples"):
        dx.open_survey(dx.samples.path("company/responses_2026-Q3.csv")).release.publish()
    book = pd.DataFrame({"item": ["ci"], "text": ["CI"], "kind": ["rating"], "scale": ["agreement5"]})
    with refusal("file"):
        dx.read_survey(pd.DataFrame({"ci": [1, 2, 3, 4, 5]}), book).release.publish()


@pytest.mark.parametrize(
    "settings", [{"min_group": 1_000}, {"min_group": 3}, {"comment_group": 1_000}, {"comment_group": 1}]
)
def test_a_record_of_the_least_and_the_most_is_read_back(tmp_path, settings):
    record = Record(**{"min_group": 5, "comment_group": 10, "cuts": ()} | settings)
    publish(tmp_path, record, "", "2026-08-20", NAMES, columns(ROWS))
    back = read(tmp_path)
    assert (back.min_group, back.comment_group, back.cuts) == (record.min_group, record.comment_group, ())


@pytest.mark.parametrize("place", ["data_samples", "_shipped"])
def test_a_wave_in_a_folder_of_samples_is_not_shown(tmp_path, place):
    (tmp_path / place).mkdir()
    file = written(tmp_path / place / "ours", [(1 + i % 5, "AB"[i % 2]) for i in range(20)])
    with pytest.raises(dx.DataError) as told:
        dx.open_survey(file).release.publish()
    assert str(told.value) == "these are the samples, which nobody works with; publish your own answers"


def test_a_record_is_written_as_it_is_read_by_people(tmp_path, shown):
    publish(tmp_path, replace(shown, waves={}), "Frühjahr – 春", "2026-08-20", ["id"], [["k1"]])
    text = (tmp_path / records.FILE).read_bytes().decode("utf-8")
    assert "Frühjahr – 春" in text
    assert text.startswith('{\n"version": ')
    assert text.endswith("}\n")
