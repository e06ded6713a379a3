"""A second opinion on what the frames read: linear models that weigh triggers, parties, times and factuality.

The frames propose; what was learned from annotated passages of our own prose decides between proposals. Every
score is a sum of integers, so that it is the same on every machine, and can be read.
"""
