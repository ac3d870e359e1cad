"""What is left out of style and script, and what never is."""

import pytest

from exporters.board.slimming import slim_lines, slim_script, slim_style


@pytest.mark.parametrize(
    ("script", "slim"),
    [
        ("const a = 1, b = [a, 2];", "const a=1,b=[a,2];"),
        (
            'say( "a = b" , `c = ${ d ? `e, ${ f } ; g` : "" } = h` );',
            'say("a = b",`c = ${ d?`e, ${ f } ; g`:"" } = h`);',
        ),
        ("x = { a: `}` , b: '}' }; y = x => { return x };", "x={a:`}`,b:'}'};y=x=>{return x};"),
        ("a + +b; c - -d; e - f; e / f", "a+ +b;c- -d;e-f;e / f"),
        (r"t = `a \` = b` + 'c \' = d'", r"t=`a \` = b`+'c \' = d'"),
        ("// a comment\n  let a = 1\n\n  let b = 2", "let a=1\nlet b=2"),
        ("a = {\n  b,\n}\n[c]\nd", "a={b,}\n[c]\nd"),
        ("return [a] ; typeof {} ; of (x)", "return[a];typeof{};of(x)"),
    ],
)
def test_spaces_go_only_outside_of_texts(script: str, slim: str) -> None:
    """Templates within templates included; lines are joined where a statement cannot end, or has ended."""
    assert slim_script(script).rstrip("\n") == slim


def test_styles_keep_the_spaces_that_mean_something() -> None:
    """Between selectors, and in a query."""
    style = "/* why */\n@media (max-width: 60rem) and (hover) {\n  .a .b { margin: 0 1px; }\n}\n"
    assert slim_style(style) == "@media (max-width:60rem) and (hover){.a .b{margin:0 1px;}}"


def test_lines_lose_comments_and_indentation() -> None:
    """And nothing else."""
    assert slim_lines("a\n  // b\n\n  c  d\n") == "a\nc  d\n"
