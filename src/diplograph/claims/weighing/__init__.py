"""A second opinion on what the frames read: a small network that weighs triggers, parties, times and factuality.

The frames propose; what was learned from annotated passages of our own prose decides between proposals and sees what
they have no words for. Its numbers are rounded so that they are the same on every machine.
"""
