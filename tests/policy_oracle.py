#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""An oracle for the trust policy: policy_oracle.py ANSWERS [SEED [CASES]].

AgentMesh's evaluator is Python, so its comparisons and its regular expressions
are Python's own.  Random policies, contexts and patterns are asked both of a
model written here and of the program ANSWERS:

  - the program decides as the model of libtee does, by rule and reason;
  - where that differs from upstream, tee_policy_differences names the place;
  - it never allows what upstream does not, save by the rank of levels;
  - a pattern that is taken finds exactly what re.search finds.
"""
import json
import random
import re
import signal
import subprocess
import sys
import warnings

FOUR = ("key_origin", "key_bound_to_tee", "confidential_level", "tcb_status")
ORIGINS = ["local", "skr", "tee_generated"]
LEVELS = ["standard", "secure_boot", "tee_vm", "tee_container",
          "tee_hardware"]
TCBS = ["unknown", "out_of_date", "up_to_date"]
ORDERS = {
    "gt": lambda a, b: a > b, "gte": lambda a, b: a >= b,
    "lt": lambda a, b: a < b, "lte": lambda a, b: a <= b,
}
OPERATORS = ["eq", "ne", "in", "not_in", "matches", *ORDERS]
UNICODE = re.compile(r"\\[wWdDsSbB]")


class Deny(Exception):
    """Cannot be judged here; the word of the difference."""


def find(context, field):
    for part in field.split("."):
        context = context.get(part) if isinstance(context, dict) else None
    return context


def upstream_holds(condition, context):
    """May raise, as it does there."""
    actual = find(context, condition["field"])
    op, value = condition["operator"], condition["value"]
    if actual is None:
        return False
    if op == "eq":
        return actual == value
    if op == "ne":
        return actual != value
    if op in ORDERS:
        return ORDERS[op](actual, value)
    if op == "in":
        return actual in value
    if op == "not_in":
        return actual not in value
    return bool(re.search(str(value), str(actual), re.DOTALL))


def holds_here(condition, context, claims):
    field, op, value = (condition[k] for k in ("field", "operator", "value"))
    if field in FOUR:
        if claims is None:
            raise Deny("attribute")
        context = claims
        if field == "confidential_level" and op in ORDERS:
            return ORDERS[op](LEVELS.index(claims[field]),
                              LEVELS.index(value))
    actual = find(context, field)
    if op == "matches" and actual is not None:
        if isinstance(actual, (list, dict)):
            raise Deny("pattern_text")
        if UNICODE.search(str(value)) and not str(actual).isascii():
            raise Deny("pattern_unicode")
    try:
        return upstream_holds(condition, context)
    except TypeError:
        raise Deny("type_error")


def in_order(documents):
    rules = [(d, r) for d in documents for r in d["rules"]]
    return sorted(rules, key=lambda pair: pair[1].get("priority", 100))


def matched(document, rule):
    action = rule.get("action", "deny")
    return (action, rule["name"], "Rule '%s' matched in policy '%s': %s" % (
        rule["name"], document["name"], rule.get("description") or action))


def defaults_of(documents):
    d = documents[0].get("defaults", {})
    return (d.get("min_trust_score", 500), d.get("max_delegation_depth", 3),
            d.get("allowed_namespaces", ["*"]))


def namespace_of(context):
    agent = context.get("agent")
    return (agent.get("namespace") if isinstance(agent, dict)
            else context.get("agent_namespace"))


PASSED = ("allow", "", "No rules matched; defaults passed")


def by_defaults(documents, context, strict):
    low, deep, names = defaults_of(documents)
    score, depth = context.get("trust_score"), context.get("delegation_depth")
    if strict and score is None and low > 0:
        raise Deny("score_absent")
    if score is not None and score < low:
        return ("deny", "", "Trust score %s below minimum %s" % (score, low))
    if strict and depth is None:
        depth = 0
    if depth is not None and depth > deep:
        return ("deny", "", "Delegation depth %s exceeds maximum %s" % (
            depth, deep))
    name = namespace_of(context)
    if "*" not in names:
        if strict and not name:
            raise Deny("namespace_absent")
        if name and name not in names:
            shown = "?" if isinstance(name, (list, dict)) else name
            return ("deny", "", "Namespace '%s' not in allowed namespaces"
                    % shown)
    return PASSED


def upstream(documents, context):
    for document, rule in in_order(documents):
        if upstream_holds(rule["condition"], context):
            return matched(document, rule)
    if not documents:
        return ("allow", "", "")
    return by_defaults(documents, context, False)


def here(documents, context, claims):
    """(action, rule, reason or None, difference or None)"""
    for document, rule in in_order(documents):
        try:
            if holds_here(rule["condition"], context, claims):
                return (*matched(document, rule), None)
        except Deny as d:
            return ("deny", rule["name"], None, d.args[0])
    if not documents:
        return ("deny", "", None, "no_document")
    try:
        return (*by_defaults(documents, context, True), None)
    except Deny as d:
        return ("deny", "", None, d.args[0])
    except TypeError:
        return ("deny", "", None, "type_error")


# ---- what is asked ------------------------------------------------------

SCALARS = [0, 1, 2, 499, 500, 650, -1, True, False, 650.0, 1.5, 0.1, 1e16,
           1e-5, 123456789.25, 9007199254740993, 9007199254740992.0, "",
           "a", "ab", "b", "core", "True", "650", "1.5", "\u00e9t\u00e9",
           "\uffff", "\U0001f600", "x\n", "tee_vm"]
FIELDS = ["trust_score", "delegation_depth", "agent", "agent.namespace", "n",
          "s", "deep.er.still", "missing", "missing.too", "list"]
PATTERNS = ["^a", "b$", "^(True|650)$", ".", "a|b", r"^\w+$", r"\d", r"\s", r"t\b", "[^a]",
            "co.e", "^$", r"\.", "True", "1e", "tee_.*", 650, True, 1.5]


def value(r, depth=0):
    kind = r.random()
    if depth < 2 and kind < 0.1:
        return [value(r, depth + 1) for _ in range(r.randrange(3))]
    if depth < 2 and kind < 0.15:
        return {k: value(r, depth + 1)
                for k in r.sample(["a", "ab", "namespace", "er"],
                                  r.randrange(3))}
    if depth and kind < 0.2:
        return None
    return r.choice(SCALARS)


def context_of(r):
    c = {k: value(r) for k in ("n", "s", "list") if r.random() < 0.8}
    if r.random() < 0.3:
        c["s"] = "\u00e9t\u00e9"
    if r.random() < 0.8:
        c["trust_score"] = (value(r) if r.random() < 0.1 else
                            r.choice([400, 500, 501.5, 900]))
    if r.random() < 0.6:
        c["delegation_depth"] = (value(r) if r.random() < 0.1 else
                                 r.choice([0, 3, 4]))
    if r.random() < 0.7:
        c["agent"] = (value(r) if r.random() < 0.2 else
                      {"namespace": r.choice(["core", "edge", "", None])})
    if r.random() < 0.3:
        c["agent_namespace"] = r.choice(["core", "edge", 7, ""])
    if r.random() < 0.3:
        c["deep"] = {"er": {"still": value(r)}}
    return c


def claims_of(r):
    if r.random() < 0.15:
        return None
    origin = r.choice(ORIGINS)
    return {"key_origin": origin, "key_bound_to_tee": origin != "local",
            "confidential_level": r.choice(LEVELS),
            "tcb_status": r.choice(TCBS)}


def attribute_condition(r):
    field = r.choice(FOUR)
    words = {"key_origin": ORIGINS, "confidential_level": LEVELS,
             "tcb_status": TCBS, "key_bound_to_tee": [True, False, 1, "True"]}
    pool = words[field]
    ops = ["eq", "ne", "in", "not_in", "matches"]
    if field == "confidential_level":
        ops += list(ORDERS) * 2
    op = r.choice(ops)
    if op in ("in", "not_in"):
        return field, op, r.choice([r.sample(pool, r.randrange(1, 3)),
                                    "skr,tee_vm"])
    if op == "matches":
        return field, op, r.choice(PATTERNS)
    return field, op, r.choice(pool)


def condition_of(r):
    if r.random() < 0.35:
        field, op, expected = attribute_condition(r)
    else:
        field, op = r.choice(FIELDS), r.choice(OPERATORS)
        expected = r.choice(PATTERNS) if op == "matches" else value(r)
        while op in ORDERS and isinstance(expected, dict):
            expected = value(r)
        while op in ("in", "not_in") and not isinstance(
                expected, (list, dict, str)):
            expected = r.choice([[value(r, 1), value(r, 1)], "core,a", "ab",
                                 {"a": 1, "core": 2}])
    return {"field": field, "operator": op, "value": expected}


def document_of(r, index):
    rules = []
    for i in range(r.randrange(5)):
        rule = {"name": "r%d" % i, "condition": condition_of(r)}
        if r.random() < 0.8:
            rule["action"] = r.choice(["allow", "allow", "deny", "warn",
                                       "require_approval"])
        if r.random() < 0.6:
            rule["priority"] = r.choice([-5, 1, 2, 100, 101])
        if r.random() < 0.2:
            rule["description"] = r.choice(["", None, "because"])
        rules.append(rule)
    d = {"name": "p%d" % index, "rules": rules}
    if r.random() < 0.6:
        d["defaults"] = {
            "min_trust_score": r.choice([-1, 0, 500, 700]),
            "max_delegation_depth": r.choice([0, 1, 3]),
            "allowed_namespaces": r.choice([["*"], ["core"], [],
                                            ["edge", "core"]])}
    return d


def plain(text):
    return "".join(c if " " <= c <= "~" and c != '"' else "?"
                   for b in [text.encode()] for c in map(chr, b))


def check_policy(q, a, tally):
    documents, context, claims = (q[k] for k in
                                  ("documents", "context", "claims"))
    action, rule, reason, word = here(documents, context, claims)
    assert a["action"] == action and a["rule"] == rule, "decision"
    if reason is not None and reason.isascii() and len(reason) < 100:
        assert a["reason"] == plain(reason), "reason"
    places = {(d["rule"] or "", d["difference"]) for d in a["differences"]}
    if word is not None:
        assert (rule, word) in places, "no place for " + word
        tally[word] = tally.get(word, 0) + 1
    try:
        there = upstream(documents, dict(context, **(claims or {})))[:2]
    except TypeError:
        there = ("raised", "")
    if there == (action, rule):
        tally["same"] = tally.get("same", 0) + 1
        return
    ranks = any(w == "level_order" for _, w in places)
    if ranks and word is None:
        tally["level_order"] = tally.get("level_order", 0) + 1
    assert word is not None or ranks, "differs without a word"
    assert action != "allow" or there[0] == "allow" or ranks, "fails open"


# ---- patterns -----------------------------------------------------------

ATOMS = ["a", "b", "c", "\u00e9", ".", r"\.", "[ab]", "[^a]", "[a-c]", "[]a]",
         "[^]]", "[a-]", r"[\d_]", r"[^\W]", r"\w", r"\W", r"\d", r"\D",
         r"\s", r"\S", r"\n", "-", "}", "]", "\n", " ", r"[\n\]]", r"\-", "_"]
PLACES = ["^", "$", r"\b", r"\B", r"\A", r"\Z"]
ODD = ["*", "+", "?", "(", ")", "[", "\\", "{", "(?=a)", r"\1", "(?i)", "a**",
       "a*+", "(?P<n>a)", "(?<!a)", r"\x41", "^*", "[b-a]", r"[\d-z]", "|",
       "()", "(?:)", r"\Q", "(.*)*", "a{2}"]


def pattern_of(r, depth=0):
    parts = []
    for _ in range(r.randrange(1, 5)):
        kind = r.random()
        if depth < 3 and kind < 0.25:
            p = r.choice(["(", "(?:"]) + pattern_of(r, depth + 1) + ")"
        elif kind < 0.4:
            parts.append(r.choice(PLACES))
            continue
        elif kind < 0.43:
            p = r.choice(ODD)
        else:
            p = r.choice(ATOMS)
        parts.append(p + r.choice(["", "", "", "*", "+", "?", "*?", "+?",
                                   "??"]))
    if r.random() < 0.25:
        parts.insert(r.randrange(len(parts) + 1), "|")
    return "".join(parts)


def text_of(r):
    return "".join(r.choice("aabbcc_-.1 \n]}\u00e9A\x1c")
                   for _ in range(r.randrange(9)))


def refused_upstream(p):
    return len(p) > 200 or any(x in p for x in ("{", "(+", "(.*)*", "(.+)+"))


def no_answer(*_):
    raise TimeoutError


def check_pattern(q, a, tally):
    """Python backtracks: where it takes too long it has no answer."""
    p, text = q["pattern"], q["text"]
    signal.setitimer(signal.ITIMER_REAL, 0.2)
    try:
        found = re.search(p, text, re.DOTALL) is not None
    except TimeoutError:
        tally["slow"] = tally.get("slow", 0) + 1
        return
    except re.error:
        found = None
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
    if refused_upstream(p):
        found = None
    got = a["answer"]
    tally[got] = tally.get(got, 0) + 1
    if got == "refused":
        outside = any(x in p for x in ("(?=", "(?<", "(?P", "(?i", r"\1",
                                       r"\x")) or re.search(r"[*+?]\+", p)
        assert found is None or outside, "refused: " + a["why"]
    elif got == "error":
        assert UNICODE.search(p) and not text.isascii(), "error"
    else:
        assert found is not None, "taken"
        assert (got == "yes") == found, "found"


def main():
    warnings.simplefilter("ignore", FutureWarning)
    signal.signal(signal.SIGALRM, no_answer)
    seed = int(sys.argv[2]) if len(sys.argv) > 2 else 20260101
    cases = int(sys.argv[3]) if len(sys.argv) > 3 else 6000
    r = random.Random(seed)
    asked = []
    for i in range(cases):
        if i % 2:
            asked.append((check_pattern, {"pattern": pattern_of(r),
                                          "text": text_of(r)}))
        else:
            n = r.choice([0] + [1, 1, 2, 3] * 6)
            asked.append((check_policy, {
                "documents": [document_of(r, k) for k in range(n)],
                "claims": claims_of(r), "context": context_of(r)}))
    lines = "".join(json.dumps(q) + "\n" for _, q in asked)
    run = subprocess.run([sys.argv[1]], input=lines, text=True, check=True,
                         stdout=subprocess.PIPE)
    answers = run.stdout.splitlines()
    assert len(answers) == cases, "%d answers" % len(answers)
    tallies = {check_policy: {}, check_pattern: {}}
    for (check, q), line in zip(asked, answers):
        try:
            check(q, json.loads(line), tallies[check])
        except AssertionError as e:
            print("seed %d: %s\nasked: %s\nanswer: %s" % (
                seed, e, json.dumps(q), line))
            return 1
    words = ("attribute level_order type_error score_absent "
             "namespace_absent no_document pattern_text pattern_unicode same")
    for word in words.split():
        if cases >= 6000 and not tallies[check_policy].get(word):
            print("nothing asked shows", word)
            return 1
    for t in tallies.values():
        print(seed, t)
    return 0


if __name__ == "__main__":
    sys.exit(main())
