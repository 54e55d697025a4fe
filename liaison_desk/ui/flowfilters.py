"""What narrows the fund-flow picture: victim and rule, amount, time; what is opened and closed by hand."""

from __future__ import annotations

from PySide6.QtCore import QObject, QSize, Signal
from PySide6.QtWidgets import QWidget

from liaison_desk.core.errors import BadInput
from liaison_desk.core.flow import Flow, View
from liaison_desk.core.money import yuan
from liaison_desk.core.tracing_rules import RULE_WORDS, Rule
from liaison_desk.core.words import Message, msg
from liaison_desk.ui.chips import Filter, FilterBar
from liaison_desk.ui.context import Context
from liaison_desk.ui.editors import CodeCombo, MomentEdit, MoneyEdit
from liaison_desk.ui.theme import look, say

ALL = "all"
PILLS = 4
"""So many victims have a pill of their own; more are chosen from a list."""


class _Amount(MoneyEdit):
    """An amount as wide as an amount."""

    def sizeHint(self) -> QSize:
        return QSize(look().px(112), super().sizeHint().height())


class _Moment(MomentEdit):
    """A narrow editor of a time; it has no button for now, since a picture without an end goes up to now."""

    def sizeHint(self) -> QSize:
        return QSize(look().px(158), super().sizeHint().height())


class FlowFilters(QObject):
    """The editors above the picture; ``changed`` when the picture is another."""

    changed = Signal()
    wrong = Signal(object)
    """What cannot be used, a Message, or None once it can."""

    def __init__(self, context: Context, parent: QWidget) -> None:
        super().__init__(parent)
        # Whatever is shown before it has its place would flash as a window of its own.
        self.victims = FilterBar(parent=parent)
        self.victim = CodeCombo()
        self.victim.setParent(parent)
        self.rule = CodeCombo([(rule, RULE_WORDS[rule]) for rule in Rule])
        self.rule.set_value(Rule.FIFO)
        self.least = _Amount()
        self.since = _Moment(context.zone, context.now)
        self.until = _Moment(context.zone, context.now)
        for editor in (self.since, self.until):
            editor.now.hide()
        self._flow: Flow | None = None
        self._last = View()
        self.expanded: frozenset[str] = frozenset()
        self.collapsed: frozenset[str] = frozenset()
        self.everything = False
        self.victims.changed.connect(lambda _: self._chosen())
        self.victim.activated.connect(lambda _: self._chosen())
        self.rule.activated.connect(lambda _: self._told())
        for line in (self.least, self.since.line, self.until.line):
            line.editingFinished.connect(self._told)
        look().language_changed.connect(self._again)
        self._again()
        self._offer_rule()

    def widgets(self) -> list[QWidget]:
        """In the order of the filter line, without the victims' pills."""
        return [self.victim, self.rule, self.least, self.since, self.until]

    def show_flow(self, flow: Flow) -> None:
        """Another case or a newer state of it; what was opened by hand stays for the same case."""
        if self._flow is None or self._flow.case_id != flow.case_id:
            self.expanded = self.collapsed = frozenset()
            self.everything = False
            self.victims.choose(ALL)
            self.least.clear()
            self.since.line.clear()
            self.until.line.clear()
            self.rule.set_value(flow.default_rule)
        self._flow = flow
        self._again()
        self._offer_rule()

    def view(self) -> View:
        """What is chosen. What cannot be used is said by ``wrong`` and left as it was before."""
        try:
            least = self.least.value() or 0
            since, until = self.since.value(), self.until.value()
        except BadInput as error:
            self.wrong.emit(error.message)
            return self._last
        self.wrong.emit(None)
        rule = self.rule.value()
        self._last = View(
            least=least,
            since=since,
            until=until,
            victim=self._victim(),
            rule=rule if isinstance(rule, Rule) else Rule.FIFO,
            most=0 if self.everything else View().most,
            expanded=self.expanded,
            collapsed=self.collapsed,
        )
        return self._last

    def toggle(self, key: str, *, open_: bool) -> None:
        """Open or close the ways on of a node."""
        if open_:
            self.expanded |= {key}
            self.collapsed -= {key}
        else:
            self.collapsed |= {key}
            self.expanded -= {key}
        self.changed.emit()

    def show_everything(self, everything: bool) -> None:
        """All accounts, or the largest sums alone."""
        self.everything = everything
        self.expanded = self.collapsed = frozenset()
        self.changed.emit()

    def clear(self) -> None:
        """Everything as it was before anybody narrowed it."""
        flow, self._flow = self._flow, None
        if flow is not None:
            self.show_flow(flow)
        self.changed.emit()

    @property
    def narrowed(self) -> bool:
        view = self._last
        return bool(view.least or view.since or view.until or view.victim)

    def _victim(self) -> str:
        found = self._flow.victims if self._flow is not None else ()
        if len(found) > PILLS:
            chosen = self.victim.value()
            return "" if chosen in (None, ALL) else str(chosen)
        pill = next(iter(self.victims.chosen), ALL)
        return "" if pill == ALL else pill

    def _chosen(self) -> None:
        self._offer_rule()
        self._told()

    def _offer_rule(self) -> None:
        following = bool(self._victim())
        self.rule.setEnabled(following)
        self.rule.setToolTip(
            "" if following else say(msg("Choose a victim: a rule says whose money goes where."))
        )

    def _told(self) -> None:
        if self.view() != self._drawn:
            self._drawn = self._last
            self.changed.emit()

    _drawn = View()

    def _again(self) -> None:
        self.least.setPlaceholderText(say(msg("From amount")))
        self.least.setAccessibleName(say(msg("From amount")))
        self.since.line.setPlaceholderText(say(msg("From time")))
        self.since.line.setAccessibleName(say(msg("From time")))
        self.until.line.setPlaceholderText(say(msg("Until time")))
        self.until.line.setAccessibleName(say(msg("Until time")))
        self.rule.setAccessibleName(say(msg("Rule of tracing")))
        self.victim.setAccessibleName(say(msg("Victim")))
        found = self._flow.victims if self._flow is not None else ()
        many = len(found) > PILLS
        words = [
            (victim.key, Message("{name} {amount}", {"name": victim.name, "amount": yuan(victim.loss)}))
            for victim in found
        ]
        everybody = (ALL, msg("All victims"))
        self.victims.setVisible(not many)
        self.victim.setVisible(many)
        self.victims.set_filters([Filter(*each) for each in ([everybody] if many else [everybody, *words])])
        self.victim.set_choices([everybody, *words])
