"""Reference values of probability distributions, by torch.distributions (float64).

Run:  python3 oracles/engine/distributions.py tests/oracles/engine/distributions.npz
A case's outputs are log-probability, mean, variance and entropy (where there is one); KL cases have one output.
Gamma functions come from SciPy: PyTorch 1.13's lose digits.
"""
import torch
from torch import distributions as D

from cases import case, definite, digamma, log_gamma, nan, rnd, save

torch.lgamma = torch.Tensor.lgamma = log_gamma
torch.digamma = torch.Tensor.digamma = digamma

pos = dict(low=0.3, high=3.0)
a, b, p, q = rnd(1, 3), rnd(2, 2, 3), rnd(3, 3, **pos), rnd(4, 2, 3, **pos)
counts = torch.tensor([0.0, 3, 1])


def facts(make, entropy=True):
    def run(value, *parameters):
        d = make(*parameters)
        return [d.log_prob(value), d.mean, d.variance] + ([d.entropy()] if entropy else [])
    return run


def dist(name, make, value, *parameters, entropy=True):
    case(name, facts(make, entropy), value, *parameters)


dist("normal", D.Normal, a, b, q)
dist("log_normal", D.LogNormal, p, b, q)
dist("laplace", D.Laplace, a, b, q)
dist("cauchy", D.Cauchy, a, b, q)
dist("gumbel", D.Gumbel, a, b, q)
dist("uniform", lambda l, h: D.Uniform(l, h, validate_args=False), b + 0.25, b - 0.5, b + q)
# Outside, where the density is 0, PyTorch still gives the gradient of the width.
case("uniform@outside", facts(lambda l, h: D.Uniform(l, h, validate_args=False)), a, b - 0.5, b + q, first=False)
dist("gamma", D.Gamma, p, q, p)
dist("exponential", D.Exponential, p, q)
dist("beta", D.Beta, rnd(5, 3, low=0.1, high=0.9), q, p)
dist("dirichlet", D.Dirichlet, rnd(6, 3).softmax(-1), q)
dist("student_t", D.StudentT, a, q, b, p)
dist("bernoulli", lambda l: D.Bernoulli(logits=l), torch.tensor([0.0, 1, 1]), b)
dist("bernoulli_probabilities", lambda x: D.Bernoulli(probs=x), torch.tensor([0.0, 1, 1]), rnd(5, 3, low=0.1, high=0.9))
dist("categorical", lambda l: D.Categorical(logits=l), torch.tensor([2, 0]), b)
dist("one_hot", lambda l: D.OneHotCategorical(logits=l), torch.tensor([0.0, 1, 0]), b)
dist("binomial", lambda l: D.Binomial(5, logits=l), counts, b)
dist("poisson", D.Poisson, counts, q, entropy=False)
dist("multivariate_normal", lambda m, c: D.MultivariateNormal(m, c), b, a, definite(7, 3, 3))
dist("multivariate_factor", lambda m, c: D.MultivariateNormal(m, scale_tril=c), b, a, (rnd(9, 3, 3) + 3 * torch.eye(3)).tril())
dist("independent", lambda m, s: D.Independent(D.Normal(m, s), 1), a, b, q)
for name, make, parameters in [
    ("normal", D.Normal, (a, p, b, q)), ("laplace", D.Laplace, (a, p, b, q)), ("gamma", D.Gamma, (p, q, q, p)), ("beta", D.Beta, (p, q, q, p)),
    ("dirichlet", D.Dirichlet, (p, q)), ("exponential", D.Exponential, (p, q)), ("poisson", D.Poisson, (p, q)),
    ("log_normal", D.LogNormal, (a, p, b, q)), ("uniform", lambda l, h: D.Uniform(l, h, validate_args=False), (a, a + p, b - 5, b + q + 5)),
    ("binomial", lambda l: D.Binomial(5, logits=l), (a, b)), ("one_hot", lambda l: D.OneHotCategorical(logits=l), (a, b)),
    ("bernoulli_probabilities", lambda x: D.Bernoulli(probs=x), (rnd(5, 2, 3, low=0.1, high=0.9), rnd(6, 2, 3, low=0.1, high=0.9))),
    ("multivariate_factor", lambda m, c: D.MultivariateNormal(m, scale_tril=c), (a, (rnd(9, 3, 3) + 3 * torch.eye(3)).tril(), b, (rnd(10, 3, 3) + 3 * torch.eye(3)).tril())),
    ("independent", lambda m, s: D.Independent(D.Normal(m, s), 1), (a, p, b, q)),
    ("bernoulli", lambda l: D.Bernoulli(logits=l), (a.expand(2, 3), b)), ("categorical", lambda l: D.Categorical(logits=l), (a, b)),
    ("multivariate_normal", lambda m, c: D.MultivariateNormal(m, c), (a, definite(7, 3, 3), b, definite(8, 3, 3))),
]:
    half = len(parameters) // 2
    case(f"kl_{name}", lambda *x: D.kl_divergence(make(*x[:half]), make(*x[half:])), *parameters)
# One event, and a batch whose shapes do not broadcast from one side alone.
c, d, one = rnd(11, 2, 1), rnd(12, 3, **pos), rnd(13, 1, **pos)
for name, make in [("normal", D.Normal), ("laplace", D.Laplace), ("cauchy", D.Cauchy), ("gumbel", D.Gumbel)]:
    dist(f"{name}@more", make, rnd(14, 4, 2, 3), c, d)
    dist(f"{name}@one", make, rnd(15), rnd(16), one[0])
dist("log_normal@more", D.LogNormal, rnd(14, 4, 2, 3, **pos), c, d)
dist("gamma@more", D.Gamma, rnd(14, 4, 2, 3, **pos), rnd(17, 2, 1, **pos), d)
dist("exponential@more", D.Exponential, rnd(14, 4, 3, **pos), d)
dist("beta@more", D.Beta, rnd(14, 4, 2, 3, low=0.1, high=0.9), rnd(17, 2, 1, **pos), d)
dist("uniform@more", lambda l, h: D.Uniform(l, h, validate_args=False), rnd(14, 4, 2, 3, low=0.1, high=0.9), -rnd(17, 2, 1, **pos), d + 1)
dist("dirichlet@more", D.Dirichlet, rnd(14, 4, 1, 3).softmax(-1), rnd(17, 2, 3, **pos))
dist("student_t@more", D.StudentT, rnd(14, 4, 2, 3), d, c, one)
dist("bernoulli@more", lambda l: D.Bernoulli(logits=l), (rnd(14, 4, 3) > 0).double(), rnd(15, 3))
dist("categorical@more", lambda l: D.Categorical(logits=l), torch.tensor([[2, 0], [1, 1], [0, 2]]), rnd(15, 2, 3))
dist("one_hot@more", lambda l: D.OneHotCategorical(logits=l), torch.eye(4)[[2, 0, 3]], rnd(15, 4))
dist("binomial@more", lambda l: D.Binomial(5, logits=l), torch.tensor([[5.0], [2]]), rnd(15, 1))
dist("poisson@more", D.Poisson, torch.tensor([[0.0], [7]]), d, entropy=False)
dist("multivariate_normal@more", lambda m, c: D.MultivariateNormal(m, c), rnd(14, 4, 2), rnd(15, 2), definite(16, 2, 2))
dist("multivariate_factor@more", lambda m, c: D.MultivariateNormal(m, scale_tril=c), rnd(14, 1), rnd(15, 1), rnd(16, 1, 1, **pos))
dist("independent@more", lambda m, s: D.Independent(D.Normal(m, s), 1), rnd(14, 4, 2, 3), c, d)
save()
