"""A lesson as the text of its file, which the reader reads as the same lesson."""

import msgspec

from explorer.lessons.course.lesson import Lesson


def write_lesson(lesson: Lesson) -> str:
    """Write a lesson as TOML: what has its default is left out, and long texts stand on lines of their own."""
    import tomli_w  # noqa: PLC0415  # only who makes a lesson needs it

    return tomli_w.dumps(_written(lesson), multiline_strings=True)


def _written(record: msgspec.Struct) -> dict[str, object]:
    config, fields = record.__struct_config__, msgspec.structs.fields(record)
    tag = {config.tag_field: config.tag} if config.tag_field else {}
    values = {field.encode_name: getattr(record, field.name) for field in fields if not _is_default(field, record)}
    return {**tag, **{name: _value(value) for name, value in values.items()}}


def _is_default(field: msgspec.structs.FieldInfo, record: msgspec.Struct) -> bool:
    made = field.default_factory() if field.default_factory is not msgspec.NODEFAULT else field.default
    return bool(getattr(record, field.name) == made)


def _value(value: object) -> object:
    if isinstance(value, msgspec.Struct):
        return _written(value)
    if isinstance(value, dict):
        return {str(name): _value(each) for name, each in value.items()}
    return [_value(each) for each in value] if isinstance(value, list | tuple) else value
