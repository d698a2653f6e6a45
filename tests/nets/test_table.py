"""Tables of text: what is read, how columns are found, and what is wrong in which line."""

import pytest

from nets.datasets import DataSpec
from nets.document import parse, serialise
from nets.model import create
from nets.table import Table, TableError, read_table

POINTS = ((0.5, 1.0), (2.0, 3.5), (-4.0, 1e-3))


def table(text: str, task: str = "guess") -> Table:
    return read_table(text, task)


def refusal(text: str, task: str = "guess") -> str:
    with pytest.raises(TableError) as caught:
        read_table(text, task)
    return str(caught.value)


@pytest.mark.parametrize(
    "text",
    [
        "0.5,1,7.5\n2,3.5,8\n-4,0.001,-9",
        "x,y,target\n0.5,1,7.5\n2,3.5,8\n-4,1e-3,-9\n",
        "\ufeffx,y,target\r\n0.5,1,7.5\r\n2,3.5,8\r\n-4,1e-3,-9\r\n",
        "x\ty\ttarget\n0.5\t1\t7.5\n2\t3.5\t8\n-4\t1e-3\t-9",
        "X;Y;Target\n0,5;1;7,5\n2;3,5;8\n-4;0,001;-9",
        "0.5 1 7.5\n2   3.5 8\n −4 1e-3 −9",
        "# measured on Monday\n\n x , y , target \n\n0.5, 1, 7.5\n  # the next is doubtful\n2,3.5,8\n-4,1e-3,-9\n\n",
        '"x","y","target"\n"0.5","1","7.5"\n"2","3.5","8"\n"-4","1e-3","-9"',
        "target,y,x\n7.5,1,0.5\n8,3.5,2\n-9,1e-3,-4",
        "x1,x2,y\n0.5,1,7.5\n2,3.5,8\n-4,1e-3,-9",
        "y,x2,x1\n7.5,1,0.5\n8,3.5,2\n-9,1e-3,-4",
        "width,height,weight\n0.5,1,7.5\n2,3.5,8\n-4,1e-3,-9",
        "value,width,height\n7.5,0.5,1\n8,2,3.5\n-9,-4,1e-3",
        "id,x,note,y,target\n1,0.5,a,1,7.5\n2,2,b,3.5,8\n3,-4,,1e-3,-9",
    ],
)
def test_every_usual_way_to_write_a_table_is_read(text: str) -> None:
    assert table(text) == Table(POINTS, (7.5, 8.0, -9.0), 0, ())


@pytest.mark.parametrize(
    ("targets", "task", "expected", "labels"),
    [
        (["setosa", "virginica", "setosa"], "guess", (0, 1, 0), ("setosa", "virginica")),
        (["b", "a", "c"], "guess", (0, 1, 2), ("b", "a", "c")),
        (["b", "a", "c"], "classes", (0, 1, 2), ("b", "a", "c")),
        (["0", "1", "0"], "guess", (0, 1, 0), ()),
        (["1", "0", "2.0"], "guess", (1, 0, 2), ()),
        (["0", "1", "0"], "values", (0, 1, 0), None),
        (["0", "2", "0"], "guess", (0, 2, 0), None),
        (["-1", "1", "-1"], "guess", (-1, 1, -1), None),
        (["1", "-1", "1"], "classes", (1, 0, 1), ("-1", "1")),
        (["0.5", "1", "0"], "guess", (0.5, 1, 0), None),
        (["20", "3", "20"], "classes", (1, 0, 1), ("3", "20")),
        (["3", "b", "c"], "classes", (0, 1, 2), ("3", "b", "c")),
        (["3", "b", "c"], "guess", (0, 1, 2), ("3", "b", "c")),
    ],
)
def test_targets_are_classes_or_values(
    targets: list[str], task: str, expected: tuple[float, ...], labels: tuple[str, ...] | None
) -> None:
    """Labels None: they are values."""
    read = table("\n".join(f"0,{i},{target}" for i, target in enumerate(targets)), task)
    assert read.targets == expected
    assert read.labels == (labels or ())
    assert read.classes == (0 if labels is None else int(max(expected)) + 1)


def test_names_of_classes_are_quoted_where_they_need_it() -> None:
    assert table('0,0,"big, red"\n1,1,"the ""other"" one"').labels == ("big, red", 'the "other" one')


def test_more_whole_numbers_than_a_few_are_values() -> None:
    lines = [f"0,{i},{i}" for i in range(20)]
    assert table("\n".join(lines[:10])).classes == 10
    assert table("\n".join(lines)).classes == 0
    assert table("\n".join(lines), "classes").classes == 20


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "there is nothing in it"),
        ("\n# only a remark\n", "there is nothing in it"),
        ("x,y,target\n", "no points; at least 2 are needed"),
        ("x,y,target\n1,2,3", "1 point; at least 2 are needed"),
        ("1,2\n3,4", "line 1: 2 columns; three are needed: x, y and target"),
        ("\n\n1,2,3,4\n", "line 3: 4 columns; of more than three a first line must name x, y and target"),
        ("a,b,c,d\n1,2,3,4", "line 1: no column named x or y or target; there are a, b, c, d"),
        ("x,a,b,c\n1,2,3,4", "line 1: no column named y or target; there are x, a, b, c"),
        ("x,y,target\n1,2,3\n\n1,2\n", "line 4: 2 columns, but 3 before"),
        ("x,y,target\n1,2,3\n1,2,3,4\n", "line 3: 4 columns, but 3 before"),
        ("1,2,0.5\n# one\n\n1,abc,2", "line 4: 'abc' is not a number in column y"),
        ("1,2,0.5\n,3,2", "line 2: nothing is not a number in column x"),
        ("1,2,0.5\n1,3,2\n1,3,x", "line 3: 'x' is not a number in column target"),
        ("1,2,a\n1,3,b", "line 1: 'a' is not a number in column target"),
        ("target,y,x\n1,2,z\n1,3,4", "line 2: 'z' is not a number in column x"),
        ("1,1_000,0.5\n1,3,2", "line 1: '1_000' is not a number in column y"),
        ("1,2,0.5\n1,nan,2", "line 2: nan in column y; allowed are numbers up to ±1e+06"),
        ("1,2,0.5\n1,2,inf", "line 2: inf in column target"),
        ("1,2,0.5\n2e6,2,1", "line 2: 2e+06 in column x"),
        ("1,2,0.5\n1,2,1" + "0" * 400, "line 2: inf in column target"),
        ('1,2,"a\n3,4,b', "line 1: the quotes do not match"),
        ("x,y,target\n" + "1,2,0.5\n" * 4001, "line 4002: more than 4000 points"),
        ("1," + "z" * 10**5 + ",2\n1,2,3", "line 1: 'zzzzzzzzzzzzzzzzzzzz…' is not a number in column y"),
    ],
)
def test_what_is_wrong_is_said_with_its_line_and_column(text: str, message: str) -> None:
    error = refusal(text, "values" if "'a'" in message else "guess")
    assert message in error
    assert len(error) < 300


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("1,2,a\n3,4,a", "all points are of one class (a); at least two are needed"),
        ("1,2,a\n3,4,", "line 2: a class has a name of 1 to 40 characters"),
        ("1,2,a\n3,4," + "b" * 41, "line 2: a class has a name of 1 to 40 characters"),
        ("1,2,1\n3,4,nan", "line 2: 'nan' is no class"),
        ("\n".join(f"1,2,c{i}" for i in range(33)), "33 classes; 32 are the most there may be"),
    ],
)
def test_classes_that_are_none_are_refused(text: str, message: str) -> None:
    assert message in refusal(text, "classes")


def test_only_three_kinds_of_targets_are_known() -> None:
    assert "choose from guess, classes, values" in refusal("1,2,3\n4,5,6", "both")


@pytest.mark.parametrize("text", ["\0", "1,2,\0\n3,4,\0", "\ud800,1,2\n1,2,3", '"' * 1000, "," * 10**5, "\u2028\n" * 9])
def test_rubbish_is_refused_in_a_sentence(text: str) -> None:
    assert len(refusal(text)) < 300


def test_what_was_read_is_a_document() -> None:
    read = table("0,0,a\n1,200,b\n-3,1e5,c")
    spec = DataSpec(None, 3, 0.0, read.classes, 1, 0.25, read.points, read.targets, labels=read.labels)
    assert parse(serialise(create(spec))).data == spec
