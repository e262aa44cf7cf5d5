"""Execution: graphql-core's, with what its plan knows read at once."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from graphql import (
    GraphQLObjectType,
    GraphQLSchema,
    OperationDefinitionNode,
    default_field_resolver,
    default_type_resolver,
)
from graphql.execution.collect_fields import FieldDetailsList, FragmentDetails, GroupedFieldSet
from graphql.execution.values import VariableValues
from graphql.pyutils import Path
from strawberry.execution.is_awaitable import optimized_is_awaitable
from strawberry.schema.schema import StrawberryGraphQLCoreExecutionContext

from resolvers.at_hand import roots_of
from resolvers.plans import Plan


class Execution(StrawberryGraphQLCoreExecutionContext):
    """Executes by a plan, and as graphql-core does wherever the plan does not know or does not fit.

    All events of a subscription share one: graphql-core 3.3.2 would collect the fields anew for each, and keep them
    all until the subscription ends.
    """

    def __init__(self, *arguments: Any, **more: Any) -> None:
        super().__init__(*arguments, **more)
        self.follow(Plan())

    @classmethod
    def of(
        cls,
        schema: GraphQLSchema,
        operation: OperationDefinitionNode,
        fragments: Mapping[str, FragmentDetails],
        variables: VariableValues,
        *,
        root: Any,
        context: Any,
        extensions: dict[str, Any] | None,
    ) -> Execution:
        """As `build` makes it of a valid document, without looking through the document again."""
        return cls(
            schema,
            {name: one.definition for name, one in fragments.items()},
            fragments,
            root,
            context,
            operation,
            variables,
            default_field_resolver,
            default_type_resolver,
            default_field_resolver,
            is_awaitable=optimized_is_awaitable,
            operation_extensions=extensions,
        )

    def follow(self, plan: Plan) -> None:
        """Executes by a plan that other executions of the same fields made and share."""
        self._plan = plan
        self._relevant_sub_fields = plan.sub_fields

    def execute_root_grouped_field_set(
        self,
        root_type: GraphQLObjectType,
        root_value: Any,
        grouped_field_set: GroupedFieldSet,
        serially: bool,
        position_context: Any,
    ) -> Any:
        """As the base has it; the lists of the plan stand for equal ones, so that what hangs on them is found."""
        plan = self._plan
        if plan.root is None:
            plan.root = grouped_field_set
            if root_type is self.schema.query_type:
                plan.roots = roots_of(plan, self, root_type, grouped_field_set)
        return super().execute_root_grouped_field_set(root_type, root_value, plan.root, serially, position_context)

    def execute_fields(
        self,
        parent_type: GraphQLObjectType,
        source_value: Any,
        path: Path | None,
        grouped_field_set: GroupedFieldSet,
        position_context: Any,
    ) -> Any:
        """All fields of an object, at once where all are in the plan."""
        selection = self._plan.selection(self, parent_type, grouped_field_set)
        if selection is not None:
            try:
                return selection.read(source_value)
            except Exception:
                pass  # graphql-core finds the same, and says so
        return super().execute_fields(parent_type, source_value, path, grouped_field_set, position_context)

    def execute_field(
        self,
        parent_type: GraphQLObjectType,
        source: Any,
        field_details_list: FieldDetailsList,
        path: Path,
        position_context: Any,
    ) -> Any:
        """One field of an object that has others which need a resolver."""
        column = self._plan.column(self, parent_type, field_details_list)
        if column is not None:
            try:
                return column.read(source)
            except Exception:
                pass
        return super().execute_field(parent_type, source, field_details_list, path, position_context)
