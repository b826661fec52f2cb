"""Whether a node says only what its operator takes, by ONNX's own list of operators and of their versions.

A setting that the file's version does not have would otherwise be read as if it counted, or overlooked.
"""

from typing import TYPE_CHECKING

from explorer.architecture.errors import DesignError
from explorer.architecture.refusal import show

if TYPE_CHECKING:
    import onnx


def check_node(node: "onnx.NodeProto", opset: int, where: str) -> None:
    """Hold a node's inputs and settings against its operator; raises `DesignError`. One that ONNX lacks passes."""
    from onnx import defs  # noqa: PLC0415  # loaded with the first file

    try:
        schema = defs.get_schema(node.op_type, opset, "")
    except defs.SchemaError:
        return  # it is refused by its name, if it is anywhere between the pictures and the scores
    if not schema.min_input <= len(node.input) <= schema.max_input:
        allowed = f"{schema.min_input} to {schema.max_input} in version {opset}"
        raise DesignError(where=where, found=f"{len(node.input):,} inputs", allowed=allowed)
    settings = {each.name: each.type for each in node.attribute}
    for name, kind in settings.items():
        if name not in schema.attributes or schema.attributes[name].type.value != kind:  # type: ignore[attr-defined]  # unsaid
            allowed = f"the settings of version {opset}: {', '.join(schema.attributes) or 'none'}"
            raise DesignError(where=where, found=f"the setting {show(name)}", allowed=allowed)
    for name, setting in schema.attributes.items():
        if setting.required and name not in settings:
            raise DesignError(where=where, found=f"no {name}", allowed=f"its {name}, which has no default")
