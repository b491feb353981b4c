"""Rules as data, matched in linear time: packs, the engine, its validators and its own test cases.

Entry points: `classifiers.rules.engine.RuleEngine`, `classifiers.rules.context.RuleContext`, `classifiers.rules.lint`.
"""
