"""Fits and scores with lifetimes 0.11.3 what `cargo xtask bench value` fits: called as
`lifetimes.py FILE CUSTOMERS ROUNDS SCORE r alpha a b p q v`, it prints one line of JSON.

FILE holds x, t_x, T and the mean spend of each customer as doubles. The last seven numbers are the parameters that
Makegood found, so that both likelihoods are reckoned by lifetimes' own functions.
"""

import json
import sys
import time

import numpy as np
from lifetimes import BetaGeoFitter, GammaGammaFitter

path, customers, rounds, score = sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), sys.argv[4] == "score"
ours = [float(number) for number in sys.argv[5:12]]
x, t_x, age, spend = np.fromfile(path, dtype=np.float64).reshape(customers, 4).T.copy()
again = x > 0
ones, some = np.ones(customers), np.ones(int(again.sum()))

repeat_seconds, spend_seconds = [], []
for _ in range(rounds):
    start = time.perf_counter()
    repeat = BetaGeoFitter(penalizer_coef=0.0)
    repeat.fit(x, t_x, age)
    middle = time.perf_counter()
    money = GammaGammaFitter(penalizer_coef=0.0)
    money.fit(x[again], spend[again])
    end = time.perf_counter()
    repeat_seconds.append(middle - start)
    spend_seconds.append(end - middle)


def repeat_likelihood(parameters):
    return -customers * float(BetaGeoFitter._negative_log_likelihood(np.log(parameters), x, t_x, age, ones, 0.0))


def spend_likelihood(parameters):
    count = int(again.sum())
    logs = np.log(parameters)
    return -count * float(GammaGammaFitter._negative_log_likelihood(logs, x[again], spend[again], some, 0.0))


theirs = [float(repeat.params_[name]) for name in ("r", "alpha", "a", "b")]
theirs += [float(money.params_[name]) for name in ("p", "q", "v")]
answer = {
    "parameters": theirs,
    "repeat_seconds": repeat_seconds,
    "spend_seconds": spend_seconds,
    "repeat_likelihood": {"theirs": repeat_likelihood(theirs[:4]), "ours": repeat_likelihood(ours[:4])},
    "spend_likelihood": {"theirs": spend_likelihood(theirs[4:]), "ours": spend_likelihood(ours[4:])},
}
if score:
    start = time.perf_counter()
    money.customer_lifetime_value(repeat, x, t_x, age, spend, time=12, freq="W", discount_rate=0.01)
    answer["score_seconds"] = time.perf_counter() - start
print(json.dumps(answer))
