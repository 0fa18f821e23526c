"""What a statement reads: every scan of a table, its columns, and whether a filter on the partition column prunes it.

Read from the analyzer's resolved tree. A filter counts where it prunes: a comparison of the partition column with
literals (`=`, `in`, `between`, `>`, `>=`, `is null`), alone, among others joined by AND, or as every branch of an OR,
at the scan or above it with nothing but projections, joins, unions, groupings and windows by that very column in
between. An upper bound alone, or `>=` the beginning of time, leaves all of a growing history and does not count.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from tests.bigquery.analyzer import Message, children, descend, own_fields, unwrap

Path = tuple[str, ...]
Ids = frozenset[int]
NONE: Ids = frozenset()

#: Days since 1970 before which no bound prunes anything.
BEGINNING = -25_567
COMPARISONS = {"$equal", "$in", "$between", "$greater", "$greater_or_equal", "$is_null"}
LOWER_BOUNDS = {"$between", "$greater", "$greater_or_equal"}

#: What may follow a table's name without being its alias.
AFTER_TABLE = (
    "as|cross|except|for|full|group|having|inner|intersect|join|left|limit|on|order|outer|pivot|qualify|right|set|"
    "tablesample|union|unpivot|using|values|when|where|window"
)


@dataclass(frozen=True)
class Read:
    """One scan of a table: its dotted path, the columns read, and whether its partitions are pruned."""

    table: str
    columns: frozenset[str]
    pruned: bool


def with_views_inlined(sql: str, views: Mapping[Path, str]) -> str:
    """The SQL with every view's query in the view's place, as BigQuery runs it."""
    while True:
        before = sql
        for path, query in views.items():
            name = r"\.".join(f"`?{re.escape(part)}`?" for part in path)
            alias = rf"(?P<alias>\s+as\s+`?\w+`?|\s+(?!(?:{AFTER_TABLE})\b)[a-z_`]\w*`?)?"
            sql = re.sub(
                rf"{name}(?![\w`]){alias}",
                lambda found, query=query, path=path: f"({query}\n) {found['alias'] or f'as `{path[-1]}`'}",
                sql,
                flags=re.IGNORECASE,
            )
        if sql == before:
            return sql


def reads(tree: Message, partition_columns: Mapping[str, str]) -> list[Read]:
    """The scans of partitioned tables in a resolved statement.

    Args:
        tree: the statement, analysed with unused columns pruned.
        partition_columns: partition column by the dotted path of each table to look for.

    """
    reader = _Reader(partition_columns)
    reader.visit(tree, NONE, None)
    return reader.found


class _Reader:
    """Walks down a tree, from what a statement returns to the tables it reads.

    Each step is told `filtered`, the ids of the columns that conditions above compare with literals, and `needed`, the
    ids of the columns that anything above uses (None: all): BigQuery reads no other column, though a `select *` in a
    WITH clause names them all.
    """

    def __init__(self, partition_columns: Mapping[str, str]) -> None:
        self.partition_columns = partition_columns
        self.found: list[Read] = []
        self.withs: dict[str, Message] = {}

    def visit(self, node: Message, filtered: Ids, needed: Ids | None) -> None:
        """Goes on with a node; into kinds that are not known to let filters through, without any."""
        kind = node.DESCRIPTOR.name.removeprefix("Resolved").removesuffix("Proto")
        step = getattr(self, f"_{_snake(kind)}", None)
        if step is None:
            for child in children(node):
                self.visit(child, NONE, None)
        elif needed is None:
            step(node, filtered, _ids(own_fields(node, "column_list")))
        else:
            step(node, filtered, needed)

    def _inside(self, *expressions: Message) -> Ids:
        """Looks into expressions, for subqueries; the ids of the columns that they use."""
        used: set[int] = set()
        for expression in expressions:
            self.visit(unwrap(expression), NONE, None)
            used |= {part.column.column_id for part in descend(unwrap(expression)) if _is(part, "ColumnRef")}
        return frozenset(used)

    def _table_scan(self, node: Message, filtered: Ids, needed: Ids) -> None:
        table = node.table.full_name
        if table not in self.partition_columns:
            return
        partition = self.partition_columns[table].lower()
        columns = [column for column in own_fields(node, "column_list") if column.column_id in needed | filtered]
        pruned = any(column.name.lower() == partition and column.column_id in filtered for column in columns)
        self.found.append(Read(table, frozenset(column.name for column in columns), pruned))

    def _filter_scan(self, node: Message, filtered: Ids, needed: Ids) -> None:
        condition = unwrap(node.filter_expr)
        if _is_never_true(condition):
            return
        self.visit(unwrap(node.input_scan), filtered | _compared(condition), needed | self._inside(condition))

    def _project_scan(self, node: Message, filtered: Ids, needed: Ids) -> None:
        used = [computed.expr for computed in node.expr_list if computed.column.column_id in needed | filtered]
        below = filtered | _sources(node.expr_list, filtered)
        self.visit(unwrap(node.input_scan), below, needed | self._inside(*used))

    def _aggregate_scan(self, node: Message, filtered: Ids, needed: Ids) -> None:
        base = node.parent
        aggregates = [unwrap(computed) for computed in base.aggregate_list]
        used = [*base.group_by_list, *(one for one in aggregates if _ids([_computed(one)]) & needed)]
        self.visit(unwrap(base.input_scan), _sources(base.group_by_list, filtered), self._inside(*used))

    def _analytic_scan(self, node: Message, filtered: Ids, needed: Ids) -> None:
        for group in node.function_group_list:
            needed |= self._inside(group)
            filtered &= _ids([reference.column for reference in group.partition_by.partition_by_list])
        self.visit(unwrap(node.input_scan), filtered, needed)

    def _order_by_scan(self, node: Message, filtered: Ids, needed: Ids) -> None:
        self.visit(unwrap(node.input_scan), filtered, needed | self._inside(*node.order_by_item_list))

    def _limit_offset_scan(self, node: Message, _: Ids, needed: Ids) -> None:
        self.visit(unwrap(node.input_scan), NONE, needed)

    def _join_scan(self, node: Message, filtered: Ids, needed: Ids) -> None:
        kind = node.DESCRIPTOR.fields_by_name["join_type"].enum_type.values_by_number[node.join_type].name
        condition = unwrap(node.join_expr)
        here = _compared(condition)
        needed |= self._inside(condition)
        left = {"INNER": filtered | here, "LEFT": filtered, "RIGHT": here}.get(kind, NONE)
        right = {"INNER": filtered | here, "LEFT": here, "RIGHT": filtered}.get(kind, NONE)
        self.visit(unwrap(node.left_scan), left, needed)
        self.visit(unwrap(node.right_scan), right, needed)

    def _set_operation_scan(self, node: Message, filtered: Ids, needed: Ids) -> None:
        outputs = own_fields(node, "column_list")
        for item in node.input_item_list:
            inner = item.output_column_list
            self.visit(unwrap(item.scan), _renamed(filtered, outputs, inner), _renamed(needed, outputs, inner))

    def _with_scan(self, node: Message, filtered: Ids, needed: Ids) -> None:
        outer = dict(self.withs)
        for entry in node.with_entry_list:
            self.withs[entry.with_query_name] = unwrap(entry.with_subquery)
        self.visit(unwrap(node.query), filtered, needed)
        self.withs = outer

    def _with_ref_scan(self, node: Message, filtered: Ids, needed: Ids) -> None:
        # Every reference runs the subquery anew, with the filters of that reference.
        subquery = self.withs[node.with_query_name]
        outer, inner = own_fields(node, "column_list"), own_fields(subquery, "column_list")
        self.visit(subquery, _renamed(filtered, outer, inner), _renamed(needed, outer, inner))

    def _delete_stmt(self, node: Message, _: Ids, __: Ids) -> None:
        condition = unwrap(node.where_expr)
        self.visit(node.table_scan, _compared(condition), self._inside(condition))

    def _update_stmt(self, node: Message, _: Ids, __: Ids) -> None:
        condition = unwrap(node.where_expr)
        self.visit(node.table_scan, _compared(condition), self._inside(condition, *node.update_item_list))
        self.visit(unwrap(node.from_scan), NONE, None)

    def _merge_stmt(self, node: Message, _: Ids, __: Ids) -> None:
        condition = unwrap(node.merge_expr)
        used = self._inside(condition, *node.when_clause_list)
        self.visit(node.table_scan, _compared(condition), used)
        self.visit(unwrap(node.from_scan), _compared(condition), used)

    def _insert_stmt(self, node: Message, _: Ids, __: Ids) -> None:
        # Its table scan only names the target; nothing is read of it.
        self.visit(unwrap(node.query), NONE, None)


def _snake(name: str) -> str:
    return re.sub(r"(?<!^)(?=[A-Z])", "_", name).lower()


def _compared(condition: Message) -> Ids:
    """Ids of the columns that the condition holds against literals."""
    name, arguments = _call(condition)
    if name == "$and":
        return frozenset().union(*map(_compared, arguments))
    if name == "$or":
        return frozenset.intersection(*map(_compared, arguments))
    if name not in COMPARISONS:
        return NONE
    columns = [argument.column.column_id for argument in arguments if _is(argument, "ColumnRef")]
    others = [argument for argument in arguments if not _is(argument, "ColumnRef")]
    if len(columns) != 1 or not all(map(_is_literal, others)):
        return NONE
    if name in LOWER_BOUNDS and any(_is_beginning(other) for other in others):
        return NONE
    return frozenset(columns)


def _call(node: Message) -> tuple[str, list[Message]]:
    """Name and arguments of a function call; an empty name for anything else."""
    if not _is(node, "FunctionCall"):
        return "", []
    name = node.parent.function.name.removeprefix("ZetaSQL:")
    return name, [unwrap(argument) for argument in own_fields(node, "argument_list")]


def _ids(columns: Iterable[Message]) -> Ids:
    return frozenset(column.column_id for column in columns)


def _computed(computed: Message) -> Message:
    """The column that an aggregate is computed into, whatever the kind of its node."""
    while "column" not in computed.DESCRIPTOR.fields_by_name:
        computed = computed.parent
    return computed.column


def _is(node: Message, kind: str) -> bool:
    return bool(node.DESCRIPTOR.name == f"Resolved{kind}Proto")


def _is_literal(node: Message) -> bool:
    return _is(node, "Literal") or (_is(node, "Cast") and _is_literal(unwrap(node.expr)))


def _is_beginning(node: Message) -> bool:
    return any(
        field.name == "date_value" and value <= BEGINNING
        for part in descend(node)
        for field, value in part.ListFields()
    )


def _is_never_true(condition: Message) -> bool:
    """Whether nothing is read at all: `where false`, alone or among others."""
    name, arguments = _call(condition)
    if name == "$and":
        return any(map(_is_never_true, arguments))
    values: Iterator[bool] = (
        value for part in descend(condition) for field, value in part.ListFields() if field.name == "bool_value"
    )
    return _is(condition, "Literal") and not next(values, True)


def _sources(computed_columns: list[Message], filtered: Ids) -> Ids:
    """Ids of the columns that filtered columns are plain copies of."""
    expressions = [unwrap(computed.expr) for computed in computed_columns if computed.column.column_id in filtered]
    return frozenset(node.column.column_id for node in expressions if _is(node, "ColumnRef"))


def _renamed(ids: Ids, outer: list[Message], inner: list[Message]) -> Ids:
    """Ids of inner columns in the places of the given outer ones."""
    return frozenset(below.column_id for above, below in zip(outer, inner, strict=False) if above.column_id in ids)
