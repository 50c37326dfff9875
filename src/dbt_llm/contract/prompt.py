"""The prompt template: literal text and the input columns that fill it."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

__all__ = ["MissingVariableError", "PromptTemplate"]

_BRACES = re.compile(r"(?P<before>[\\{]?)\{(?P<name>[A-Za-z_][A-Za-z0-9_]*)(?P<optional>\??)\}(?P<after>\}?)", re.ASCII)


class MissingVariableError(KeyError):
    """A template names a column that the row does not have."""


@dataclass(frozen=True)
class PromptTemplate:
    """A prompt template. ``{name}`` is a column, ``{name?}`` one that may be NULL; every other brace is literal.

    ``\\{name}`` and ``{{name}}`` are literal too: the first without its backslash, the second as it stands.
    """

    text: str

    def parts(self) -> list[str | tuple[str, bool]]:
        """Return the literal texts and the columns, in order, a column as ``(name, is_optional)``."""
        parts: list[str | tuple[str, bool]] = []
        literal = ""
        position = 0
        while match := _BRACES.search(self.text, position):
            before, after = match["before"], match["after"]
            literal += self.text[position : match.start()]
            is_doubled = before == "{" and after == "}"
            if before == "\\":
                literal += self.text[match.start() + 1 : match.end() - len(after)]
            elif is_doubled:
                literal += self.text[match.start() : match.end() - len(after)]
            else:
                if literal + before:
                    parts.append(literal + before)
                parts.append((match["name"], bool(match["optional"])))
                literal = ""
            position = match.end() - len(after)
        literal += self.text[position:]
        if literal:
            parts.append(literal)
        return parts

    def prefix(self) -> str:
        """Return the text that all prompts begin with: all of it before the first column."""
        parts = self.parts()
        return parts[0] if parts and isinstance(parts[0], str) else ""

    def variables(self) -> list[str]:
        """Return the names of the columns, in order of first use."""
        return list(dict.fromkeys(part[0] for part in self.parts() if not isinstance(part, str)))

    def render(self, row: Mapping[str, str | None]) -> str | None:
        """Return the prompt of ``row``, or None when a column that is not optional is None.

        ``row`` maps column names to their text; the cast of other types to text is the warehouse's.

        Raises:
            MissingVariableError: the row lacks a column that the template names.
        """
        texts: list[str] = []
        for part in self.parts():
            if isinstance(part, str):
                texts.append(part)
                continue
            name, is_optional = part
            if name not in row:
                raise MissingVariableError(name)
            value = row[name]
            if value is None and not is_optional:
                return None
            texts.append(value or "")
        return "".join(texts)
