"""What is wrong with a file as a whole: the file, the row and the rule that it breaks."""

from pathlib import Path

from diplograph.errors import KnowledgeError


class ImportFaultError(KnowledgeError):
    """A file cannot be imported; nothing of it has been written."""

    def __init__(self, path: Path, row: int | None, rule: str, detail: str) -> None:
        """Say where it is, which rule it breaks, and what was found and expected."""
        where = f"{path}, row {row}" if row else str(path)
        super().__init__(f"{where}: {rule}: {detail}")
        self.path, self.row, self.rule, self.detail = path, row, rule, detail
