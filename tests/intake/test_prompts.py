"""The prompts file: every form reads back what was written, and every fault has its line."""

import csv
import io
import json
import re
import zipfile
from collections.abc import Callable
from xml.sax.saxutils import escape

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rushes.errors import Fault, Invalid
from rushes.intake.prompts import ParsedPrompts, Prompt, parse_prompts

Numbered = list[tuple[int, str]]

NASTY = [
    "1. a list within the prompt",
    "2) another item",
    "1984",
    "24. fps, as in film",
    "Scene 3: night",
    "- a bullet",
    "# a heading",
    "commas, semicolons; tabs | pipes",
    'he says "now" and goes',
    "{not json}",
    "[0] neither",
    "16:9 frame, 3.5 metres",
    "猫が走る, café",
    "=1+1",
    "number,prompt",
]
WORD = st.text(st.sampled_from("abcdeé猫 ,.;:!?'\"-_()[]{}0123456789"), min_size=1, max_size=30)


def _reads_as_itself(body: str) -> bool:
    """Whether a body has nothing that the reader drops on purpose, as the guide says."""
    lines = body.split("\n")
    edges = [lines[0], lines[-1]]
    return not (
        any(re.fullmatch(r"-{3,}|_{3,}", line) for line in edges)
        or lines[-1].startswith("#")
        or re.match(r"""["'“].*["'”]$""", body, re.DOTALL)
    )


@st.composite
def bodies(draw: st.DrawFn) -> str:
    line = st.one_of(st.sampled_from(NASTY), WORD).map(str.strip).filter(bool)
    lines = draw(st.lists(st.one_of(line, line, st.just("")), min_size=1, max_size=5))
    body = re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()
    return body if body and _reads_as_itself(body) else "a plain body"


@st.composite
def numbered(draw: st.DrawFn) -> Numbered:
    numbers = sorted(draw(st.sets(st.integers(1, 99_999), min_size=1, max_size=6)))
    return [(number, draw(bodies())) for number in numbers]


def _indented(body: str) -> str:
    return body.replace("\n", "\n    ")


def _lines(template: str, change: Callable[[str], str] = str) -> Callable[[Numbered], bytes]:
    def render(prompts: Numbered) -> bytes:
        return "\n".join(template.format(n=n, body=change(body)) for n, body in prompts).encode()

    return render


def _csv(delimiter: str) -> Callable[[Numbered], bytes]:
    def render(prompts: Numbered) -> bytes:
        out = io.StringIO(newline="")
        writer = csv.writer(out, delimiter=delimiter, quoting=csv.QUOTE_NONNUMERIC)
        writer.writerow(["number", "prompt"])
        writer.writerows(prompts)
        return out.getvalue().encode()

    return render


def xlsx(rows: list[list[str | int]], sheet_extra: str = "") -> bytes:
    """A small workbook, as Excel would write it."""
    main = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
    rel = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    package = "http://schemas.openxmlformats.org/package/2006"
    cells = ""
    for r, row in enumerate(rows, start=1):
        cells += f'<row r="{r}">'
        for c, value in enumerate(row):
            place = f"{'ABC'[c]}{r}"
            if isinstance(value, int):
                cells += f'<c r="{place}"><v>{value}</v></c>'
            else:
                text = escape(value)
                cells += f'<c r="{place}" t="inlineStr"><is><t xml:space="preserve">{text}</t></is></c>'
        cells += "</row>"
    files = {
        "[Content_Types].xml": f'<Types xmlns="{package}/content-types"/>',
        "_rels/.rels": f'<Relationships xmlns="{package}/relationships"><Relationship Id="r1" '
        f'Type="{rel}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'<workbook {main} xmlns:r="{rel}"><sheets>'
        '<sheet name="Prompts" sheetId="1" r:id="r1"/></sheets></workbook>',
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{package}/relationships"><Relationship '
        f'Id="r1" Type="{rel}/worksheet" Target="worksheets/sheet1.xml"/></Relationships>',
        "xl/worksheets/sheet1.xml": f"<worksheet {main}><sheetData>{cells}{sheet_extra}"
        "</sheetData></worksheet>",
    }
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as book:
        for name, content in files.items():
            book.writestr(name, content)
    return out.getvalue()


def _json_list(prompts: Numbered) -> bytes:
    return json.dumps([{"number": n, "prompt": body} for n, body in prompts], indent=1).encode()


def _json_object(prompts: Numbered) -> bytes:
    return json.dumps({f"prompt_{n}": body for n, body in prompts}, ensure_ascii=False).encode()


def _json_wrapped(prompts: Numbered) -> bytes:
    return json.dumps({"title": "x", "prompts": {str(n): {"text": body} for n, body in prompts}}).encode()


def _xlsx(prompts: Numbered) -> bytes:
    return xlsx([["number", "prompt"], *([n, body] for n, body in prompts)])


FORMS: dict[str, tuple[str, Callable[[Numbered], bytes]]] = {
    "prompt_N colon": ("p.txt", _lines("prompt_{n}: {body}")),
    "prompt_N equals": ("p.txt", _lines("prompt_{n} = {body}")),
    "Prompt N": ("p.txt", _lines("Prompt {n}:\n{body}\n")),
    "quoted": ("p.txt", _lines("prompt_{n} = “{body}”")),
    "bold": ("p.md", _lines("**Prompt {n}:** {body}\n")),
    "N dot": ("p.txt", _lines("{n}. {body}", _indented)),
    "N bracket": ("p.txt", _lines("{n}) {body}\n", _indented)),
    "bare number": ("p.txt", _lines("{n}\n    {body}\n\n", _indented)),
    "heading": ("p.md", _lines("## {n}\n\n{body}\n")),
    "csv": ("p.csv", _csv(",")),
    "csv in txt": ("p.txt", _csv(";")),
    "tsv": ("p.tsv", _csv("\t")),
    "json list": ("p.json", _json_list),
    "json object in txt": ("p.txt", _json_object),
    "json wrapped": ("p.json", _json_wrapped),
    "xlsx": ("p.xlsx", _xlsx),
}


@pytest.mark.parametrize("form", FORMS)
@given(prompts=numbered())
def test_every_form_reads_back_the_prompts_that_were_written(form: str, prompts: Numbered) -> None:
    name, render = FORMS[form]
    parsed = parse_prompts(render(prompts), name)
    assert [(p.number, p.text) for p in parsed.prompts] == prompts


@given(data=st.one_of(st.binary(max_size=300), st.text(max_size=300).map(str.encode)))
def test_any_bytes_at_all_are_read_or_refused_with_a_fault(data: bytes) -> None:
    for name in ("p.txt", "p.csv", "p.json", "p.xlsx"):
        faults: tuple[Fault, ...] = ()
        prompts: tuple[Prompt, ...] = ()
        try:
            prompts = parse_prompts(data, name).prompts
        except Invalid as error:
            faults = error.faults
        assert bool(prompts) != bool(faults)
        assert all(fault.where.startswith(name) and fault.message for fault in faults)
        assert all(p.number >= 1 and p.text for p in prompts)


ENCODINGS = ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32"]


@pytest.mark.parametrize("encoding", ENCODINGS)
@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
def test_encodings_and_line_ends_make_no_difference(encoding: str, newline: str) -> None:
    text = "1. Ein Fuchs läuft\nüber Schnee\n\n2. 猫が走る".replace("\n", newline)
    parsed = parse_prompts(text.encode(encoding), "p.txt")
    assert [(p.number, p.text, p.line) for p in parsed.prompts] == [
        (1, "Ein Fuchs läuft\nüber Schnee", 1),
        (2, "猫が走る", 4),
    ]
    assert parsed.warnings == ()


def test_windows_1252_is_read_with_a_warning() -> None:
    parsed = parse_prompts("1. café “noir”".encode("cp1252"), "p.txt")
    assert parsed.prompts[0].text == "café “noir”"
    assert _codes(parsed.warnings) == ["encoding_guessed"]


def _codes(faults: tuple[Fault, ...]) -> list[str]:
    return [fault.code for fault in faults]


def _texts(parsed: ParsedPrompts) -> dict[int, str]:
    return {p.number: p.text for p in parsed.prompts}


def _parse(text: str, name: str = "p.txt") -> ParsedPrompts:
    return parse_prompts(text.encode(), name)


def test_a_year_at_the_start_of_a_line_is_prose_because_the_numbers_go_on() -> None:
    assert _texts(_parse("1. It is\n1984. A street\n2. next")) == {1: "It is\n1984. A street", 2: "next"}


def test_a_list_inside_a_prompt_is_part_of_it_when_the_numbers_go_on_after_it() -> None:
    parsed = _parse("1. a\n2. b\n3. a wall with notes:\n1. milk\n2. bread\n4. d")
    assert _texts(parsed)[3] == "a wall with notes:\n1. milk\n2. bread"
    assert sorted(_texts(parsed)) == [1, 2, 3, 4]


def test_an_indented_list_is_part_of_the_prompt() -> None:
    assert _texts(_parse("1. notes:\n   1. milk\n   2. bread\n2. b")) == {
        1: "notes:\n1. milk\n2. bread",
        2: "b",
    }


def test_numbered_lines_under_prompt_n_are_part_of_the_prompt() -> None:
    assert _texts(_parse("prompt_1: notes\n1. milk\n2. bread\nprompt_2: b")) == {
        1: "notes\n1. milk\n2. bread",
        2: "b",
    }


def test_prompts_out_of_order_come_in_number_order() -> None:
    assert [p.number for p in _parse("prompt_3: c\nprompt_1: a").prompts] == [1, 3]


def test_a_line_that_may_be_the_next_prompt_in_another_form_is_warned_about() -> None:
    parsed = _parse("1. a\n2) b")
    assert [(w.where, w.code) for w in parsed.warnings] == [("p.txt:2", "looks_like_a_prompt")]


def test_plain_lines_are_numbered_in_order_with_a_warning() -> None:
    parsed = _parse("a fox\n\na crow\n")
    assert _texts(parsed) == {1: "a fox", 2: "a crow"}
    assert _codes(parsed.warnings) == ["numbered_in_order"]


def test_a_markdown_list_is_numbered_in_order_with_its_continuation_lines() -> None:
    parsed = _parse("# Prompts\n\n- a fox\n  in snow\n* a crow\n", "p.md")
    assert _texts(parsed) == {1: "a fox\nin snow", 2: "a crow"}
    assert _codes(parsed.warnings) == ["numbered_in_order"]


def test_headings_and_rules_between_prompts_are_left_out() -> None:
    text = "# All\n## Prompt 1\na\n\n---\n# Part two\n## Prompt 2\nb\n"
    assert _texts(_parse(text, "p.md")) == {1: "a", 2: "b"}


def test_a_negative_prompt_is_told_apart_in_every_form() -> None:
    forms = {
        "p.txt": "prompt_1: a\nNegative prompt: blur",
        "p.csv": "number,prompt,negative prompt\n1,a,blur",
        "p.json": '[{"number": 1, "prompt": "a", "negative_prompt": "blur"}]',
    }
    for name, text in forms.items():
        prompt = _parse(text, name).prompts[0]
        assert (prompt.text, prompt.negative_prompt) == ("a", "blur"), name


def test_a_third_column_that_the_header_names_is_not_doubted() -> None:
    parsed = _parse("number,prompt,negative_prompt\n1,a,blur\n2,b,fog", "p.csv")
    assert [prompt.negative_prompt for prompt in parsed.prompts] == ["blur", "fog"]
    assert parsed.warnings == ()


def test_a_third_column_without_a_header_is_a_negative_prompt_with_a_warning() -> None:
    parsed = _parse("1,a,blur\n2,b", "p.csv")
    assert parsed.prompts[0].negative_prompt == "blur"
    assert [(w.where, w.code) for w in parsed.warnings] == [("p.csv:1", "third_column")]


def test_rows_may_be_numbered_by_image_name_or_by_prompt_n() -> None:
    assert _texts(_parse("image,prompt\nshot_07.jpeg,a\nprompt_2,b\n3.0,c", "p.csv")) == {
        7: "a",
        2: "b",
        3: "c",
    }


def test_lines_of_rows_are_where_they_start_in_the_file() -> None:
    parsed = _parse('number,prompt\n1,"a\nb"\n\n2,c\n', "p.csv")
    assert [p.line for p in parsed.prompts] == [2, 5]


def test_lines_of_json_items_are_where_they_start_in_the_file() -> None:
    parsed = _parse('{\n "prompts": [\n  "a",\n\n  {"prompt": "b"}\n ]\n}', "p.json")
    assert [(p.number, p.line) for p in parsed.prompts] == [(1, 3), (2, 5)]


def test_an_empty_row_of_a_workbook_keeps_the_row_numbers_right() -> None:
    parsed = parse_prompts(xlsx([[], [], ["number", "prompt"], [2, "b"], [1, "a"]]), "p.xlsx")
    assert [(p.number, p.line) for p in parsed.prompts] == [(1, 5), (2, 4)]


FAULTS = [
    ("an empty file", b"", ["p.txt"], "empty_file"),
    ("only blank lines", b" \n\n", ["p.txt"], "empty_file"),
    ("an empty prompt", b"prompt_1:\nprompt_2: b", ["p.txt:1"], "empty_prompt"),
    ("a quoted nothing", b'prompt_1: ""', ["p.txt:1"], "empty_prompt"),
    (
        "a number given twice",
        b"prompt_1: a\nprompt_1: b\n\nprompt_1: c",
        ["p.txt:2", "p.txt:4"],
        "duplicate_number",
    ),
    ("a plain number given twice", b"1. a\n1. b\n2. c", ["p.txt:2"], "duplicate_number"),
    ("two lists one after the other", b"1. a\n2. b\n1. c\n2. d", ["p.txt:3", "p.txt:4"], "duplicate_number"),
    ("number zero", b"0. a\n1. b", ["p.txt:1"], "bad_number"),
    ("a negative number", b"prompt_1: a\nprompt_-2: b", ["p.txt:2"], "bad_number"),
    ("a negative number in a table", b"-2,a\n1,b", ["p.txt:1"], "bad_number"),
    ("an absurd number", b"prompt_99999999999: a", ["p.txt:1"], "bad_number"),
    ("an endless number", b"1" * 5000 + b". a", ["p.txt:1"], "bad_number"),
    ("text before the first prompt", b"a fox\nprompt_1: b", ["p.txt:1"], "text_before_first_prompt"),
    ("a negative prompt elsewhere", b"prompt_1: a\nnegative_prompt_2: b", ["p.txt:2"], "negative_number"),
    ("not text", b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", ["p.txt"], "not_prompts"),
    ("a PDF", b"%PDF-1.7", ["p.txt"], "not_prompts"),
    ("RTF", b"{\\rtf1\\ansi a}", ["p.txt"], "not_prompts"),
    ("half of UTF-16", b"\xff\xfea", ["p.txt"], "encoding"),
    ("broken JSON", b'{"1": "a",\n"2" "b"}', ["p.txt:2"], "bad_json"),
    ("deep JSON", b"[" * 100_000, ["p.txt"], "bad_json"),
    ("JSON with a key twice", b'{"1": "a",\n"1": "b"}', ["p.txt:2"], "duplicate_number"),
    ("a JSON item without a prompt", b'[{"number": 1}]', ["p.txt:1"], "bad_item"),
    ("a JSON prompt that is no text", b'[{"prompt": 3}]', ["p.txt:1"], "bad_item"),
    ("a JSON number that is none", b'[{"number": true, "prompt": "a"}]', ["p.txt:1"], "bad_number"),
    ("a zero character", b'["a\\u0000b"]', ["p.txt:1"], "control_character"),
    ("half a character", b'["a\\ud800b"]', ["p.txt:1"], "control_character"),
    ("a row without a number", b"number,prompt\n,a", ["p.txt:2"], "bad_number"),
    ("a row with a wrong number", b"number,prompt\none,a", ["p.txt:2"], "bad_number"),
    ("a row with too many cells", b"number,prompt\n1,a,b", ["p.txt:2"], "too_many_cells"),
    ("a quote that does not close", b'number,prompt\n1,"a', ["p.txt:2"], "bad_row"),
    ("a ZIP that is no workbook", b"PK\x03\x04" + b"\0" * 40, ["p.txt"], "bad_workbook"),
    ("more lines than a person writes", b"a\n" * 50_001, ["p.txt"], "too_many_lines"),
    ("more items than a person writes", b'["a"' + b',"a"' * 50_000 + b"]", ["p.txt"], "too_many_lines"),
    ("some items without a number", b'[{"number": 1, "prompt": "a"}, "b"]', ["p.txt:1"], "bad_number"),
]


@pytest.mark.parametrize(("data", "where", "code"), [f[1:] for f in FAULTS], ids=[f[0] for f in FAULTS])
def test_a_bad_file_has_one_fault_for_each_thing_wrong_with_its_line(
    data: bytes, where: list[str], code: str
) -> None:
    with pytest.raises(Invalid) as caught:
        parse_prompts(data, "p.txt")
    assert [(fault.where, fault.code) for fault in caught.value.faults] == [(w, code) for w in where]


def test_a_workbook_with_a_cell_far_away_is_refused_before_it_fills_the_memory() -> None:
    far = '<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'
    with pytest.raises(Invalid) as caught:
        parse_prompts(xlsx([[1, "a"]], far), "p.xlsx")
    assert _codes(caught.value.faults) == ["sheet_too_large"]


def test_a_workbook_that_is_an_archive_bomb_is_refused() -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as book:
        book.writestr("xl/workbook.xml", "<workbook/>")
        with book.open("xl/worksheets/sheet1.xml", "w") as sheet:
            for _ in range(70):
                sheet.write(b" " * 1024 * 1024)
    with pytest.raises(Invalid) as caught:
        parse_prompts(out.getvalue(), "p.xlsx")
    assert _codes(caught.value.faults) == ["archive_bomb"]


def test_a_file_with_a_thousand_faults_tells_a_hundred_and_the_count_of_the_rest() -> None:
    with pytest.raises(Invalid) as caught:
        _parse("prompt_1: a\n" * 1000)
    assert len(caught.value.faults) == 101
    assert "899" in caught.value.faults[-1].message
