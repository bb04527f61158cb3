"""The cells of a notebook that others rest on, found by the names they define."""

import ast
import symtable


def needed_cells(cells: list, targets: list[int]) -> list[int]:
    """Return the places of the code cells that must run for the targets to run.

    Backwards from the targets, a cell is needed if it defines a name that is read
    later; a name that is assigned outright is not looked for further up. A cell is
    taken to bind such a name before it reads it.
    """
    wanted, needed = set(), set()
    for place in range(max(targets), -1, -1):
        cell = cells[place]
        if (
            cell["cell_type"] != "code" or cell["id"] == "colab"
        ):  # that one is no Python
            continue
        if place not in targets and not _defined(cell["source"]) & wanted:
            continue
        needed.add(place)
        own = _assigned_outright(cell["source"])
        wanted = (wanted | _read(cell["source"])) - own
    return sorted(needed)


def _defined(source: str) -> set[str]:
    """Return the global names that a cell binds, or changes by their elements."""
    symbols = symtable.symtable(source, "cell", "exec").get_symbols()
    changed = {
        node.value.id
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.Subscript)
        and isinstance(node.ctx, ast.Store)
        and isinstance(node.value, ast.Name)
    }
    return changed | {
        s.get_name() for s in symbols if s.is_assigned() or s.is_imported()
    }


def _read(source: str) -> set[str]:
    """Return the global names that a cell reads, also inside its functions."""
    top = symtable.symtable(source, "cell", "exec")
    names = {s.get_name() for s in top.get_symbols() if s.is_referenced()}
    waiting = list(top.get_children())
    while waiting:
        scope = waiting.pop()
        names |= {s.get_name() for s in scope.get_symbols() if s.is_global()}
        waiting += scope.get_children()
    return names


def _assigned_outright(source: str) -> set[str]:
    """Return the names that a cell binds whatever was before; loops are run."""
    simple = (ast.Import, ast.ImportFrom, ast.FunctionDef, ast.Assign, ast.AnnAssign)
    found, waiting = set(), list(ast.parse(source).body)
    while waiting:
        statement = waiting.pop()
        if isinstance(statement, ast.For):
            names = ast.walk(statement.target)
            found |= {node.id for node in names if isinstance(node, ast.Name)}
            waiting += statement.body
        if isinstance(statement, simple):
            symbols = symtable.symtable(ast.unparse(statement), "cell", "exec")
            found |= {
                s.get_name()
                for s in symbols.get_symbols()
                if s.is_assigned() or s.is_imported()
            }
    return found
