"""The network that weighs what the frames propose, in PyTorch: learned here, run by `claims.weighing.network`.

Words are embedded, look at their governors and dependents twice, and say which kinds of event they tell. Powers,
times and standings of an event are sums of embedded features beside the word's vector; powers have the vectors of the
words that name them too, and like times see the others that they compete with.
"""

import random
from collections.abc import Sequence
from typing import Any

import torch
from indices import Batch, Events, Indices, batch, numbered
from recording import Example
from torch import Tensor, nn
from torch.nn import functional

WORD, TAG, STATUS, WIDTH, BAG, HIDDEN = 64, 16, 48, 128, 48, 64
ROUNDS = 2
FORGOTTEN = 0.12  # share of words left out while learning
SPARED = 0.3  # share of features left out while learning
SHARE = 0.5  # how much parties, times and standings count beside triggers


class Bag(nn.Module):
    """Sums of embedded features, several groups at once."""

    def __init__(self, count: int, width: int) -> None:
        """Make room for some features, numbered from 1, each with a vector of a width."""
        super().__init__()
        self.table = nn.EmbeddingBag(count + 1, width, mode="sum", padding_idx=0)
        nn.init.normal_(self.table.weight, 0, 0.05)
        with torch.no_grad():
            self.table.weight[0] = 0

    def forward(self, groups: list[list[int]]) -> Tensor:
        """Return the sum of the vectors of each group of features."""
        chance = random.random
        if self.training:
            groups = [[f for f in g if chance() > SPARED] for g in groups]
        lengths = torch.tensor([0, *map(len, groups[:-1])]).cumsum(0)
        return self.table(torch.tensor([f for g in groups for f in g], dtype=torch.long), lengths)


class Network(nn.Module):
    """Encoder and heads."""

    def __init__(self, known: Indices) -> None:
        """Make a network for what the indices number."""
        super().__init__()
        self.known = known
        kinds = len(known.kinds)
        self.word = nn.Embedding(len(known.words) + 1, WORD)
        self.tag = nn.Embedding(len(known.tags) + 1, TAG)
        self.function = nn.Embedding(len(known.functions) + 1, TAG)
        self.status = nn.Linear(kinds * len(known.statuses), STATUS)
        self.enter = nn.Linear(WORD + 2 * TAG + STATUS, WIDTH)
        self.around = nn.ModuleList(nn.Linear(3 * WIDTH, WIDTH) for _ in range(ROUNDS))
        self.norms = nn.ModuleList(nn.LayerNorm(WIDTH) for _ in range(ROUNDS + 1))
        self.tells = nn.Linear(2 * WIDTH + STATUS, kinds)
        self.trusts = nn.Linear(kinds * len(known.statuses), kinds, bias=False)
        self.kind = nn.Embedding(kinds, BAG)
        self.power = Bag(len(known.powers), BAG)
        self.when = Bag(len(known.whens), BAG)
        self.standing = Bag(len(known.standing), BAG)
        self.teller = nn.Linear(WIDTH, 4 * BAG)
        self.named = nn.Linear(WIDTH, 2 * BAG)
        self.sees_power = nn.Linear(3 * BAG, HIDDEN)
        self.side = nn.Linear(HIDDEN + BAG, 3)
        self.sees_when = nn.Linear(3 * BAG, HIDDEN)
        self.right = nn.Linear(HIDDEN + BAG, 1)
        self.stands = nn.Linear(BAG, len(known.standings))
        self.drop = nn.Dropout(0.4)
        nn.init.zeros_(self.trusts.weight)

    def encode(self, batch: Batch) -> tuple[Tensor, Tensor]:
        """Return the vectors of words and how likely each tells an event of each kind, as log-odds."""
        words = batch.words
        if self.training:
            words = torch.where(torch.rand(words.shape) < FORGOTTEN, 0, words)
        status = torch.relu(self.status(batch.seen))
        entered = [self.word(words), self.tag(batch.tags), self.function(batch.functions), status]
        first = vectors = self.norms[0](torch.relu(self.enter(self.drop(torch.cat(entered, 1)))))
        for n in range(ROUNDS):
            seen = self.drop(vectors)
            below = torch.zeros_like(seen).index_add(0, batch.heads, seen * batch.has_head) / batch.dependents
            above = seen[batch.heads] * batch.has_head
            vectors = self.norms[n + 1](
                vectors + torch.relu(self.around[n](torch.cat([above, seen, below], 1)))
            )
        scores = self.tells(self.drop(torch.cat([vectors, first, status], 1))) + self.trusts(batch.statuses)
        return vectors, scores

    def parties(self, events: Events, vectors: Tensor) -> Tensor:
        """Return for each power of each event the scores of standing on no side, as source, as target."""
        teller = self.teller(vectors[events.tellers])[events.of_power]
        named = torch.zeros(len(events.powers), WIDTH).index_add(0, events.namer, vectors[events.named])
        named = named / torch.bincount(events.namer, minlength=len(events.powers)).clamp(min=1)[:, None]
        named = self.named(named)
        own = self.power(events.powers) + self.kind(events.kinds)[events.of_power]
        own = own + teller[:, :BAG] + named[:, :BAG] + teller[:, 3 * BAG :] * named[:, BAG:]
        own = self.drop(torch.relu(own))
        seen = torch.relu(self.sees_power(_with_others(own, events.of_power)))
        return self.side(self.drop(torch.cat([seen, own], 1)))

    def times(self, events: Events, vectors: Tensor) -> Tensor:
        """Return how right each time of each event is."""
        teller = self.teller(vectors[events.tellers])[:, BAG : 2 * BAG]
        own = self.drop(torch.relu(self.when(events.whens) + teller[events.of_when]))
        seen = torch.relu(self.sees_when(_with_others(own, events.of_when)))
        return self.right(self.drop(torch.cat([seen, own], 1)))[:, 0]

    def stand(self, events: Events, vectors: Tensor) -> Tensor:
        """Return the score of each polarity and modality of each event."""
        teller = self.teller(vectors[events.tellers])[:, 2 * BAG : 3 * BAG] + self.kind(events.kinds)
        return self.stands(self.drop(torch.relu(self.standing(events.standing) + teller)))


def _with_others(own: Tensor, group: Tensor) -> Tensor:
    """Return vectors beside the mean of the others of their group and the greatest of all in it."""
    groups = int(group.max()) + 1
    counts = torch.bincount(group, minlength=groups)[:, None]
    sums = torch.zeros(groups, own.shape[1]).index_add(0, group, own)
    most = torch.zeros(groups, own.shape[1]).scatter_reduce(
        0, group[:, None].expand_as(own), own, "amax", include_self=False
    )
    rest = (sums[group] - own) / (counts[group] - 1).clamp(min=1)
    return torch.cat([own, rest, most[group]], 1)


def loss(network: Network, each: Batch) -> Tensor:
    """Return the mean loss per event of a batch."""
    vectors, scores = network.encode(each)
    total = (
        functional.binary_cross_entropy_with_logits(scores, each.told, reduction="none") * each.mask
    ).sum()
    events = each.events
    if len(events.kinds):
        total = total + SHARE * functional.cross_entropy(
            network.stand(events, vectors), events.wanted, reduction="sum"
        )
        total = total + SHARE * _loss_of_times(network.times(events, vectors), events)
    if events.powers:
        total = total + SHARE * functional.cross_entropy(
            network.parties(events, vectors), events.sides, reduction="sum"
        )
    return total / max(len(events.kinds), 1)


def _loss_of_times(scores: Tensor, events: Events) -> Tensor:
    """Return the negative logarithm of the share that the right times of each event have, where it has any."""
    count = len(events.kinds)
    everything = torch.zeros(count).index_add(0, events.of_when, scores.exp())
    right = torch.zeros(count).index_add(0, events.of_when, scores.exp() * events.right)
    known = right > 0
    return -(right[known] / everything[known]).log().sum()


def learn(
    examples: Sequence[Example], known: Indices, *, rounds: int, rate: float = 3e-3, seed: int = 0,
    size: int = 4, each_round: Any = None,
) -> Network:  # fmt: skip
    """Return the network learned from examples; the same on the same processor for the same seed."""
    torch.manual_seed(seed)
    random.seed(seed)
    torch.set_num_threads(1)
    passages = [numbered(example, known) for example in examples if example.words.forms]
    network = Network(known)
    optimizer = torch.optim.AdamW(network.parameters(), lr=rate, weight_decay=0.02)
    steps = rounds * (-(-len(passages) // size))
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, rate, total_steps=steps)
    for number in range(rounds):
        network.train()
        random.shuffle(passages)
        for n in range(0, len(passages), size):
            optimizer.zero_grad()
            loss(network, batch(passages[n : n + size], known)).backward()
            nn.utils.clip_grad_norm_(network.parameters(), 5.0)
            optimizer.step()
            schedule.step()
        if each_round is not None:
            each_round(number, network)
    return network


def tables(network: Network) -> dict[str, Any]:
    """Return the numbers of a network as the package reads them: rows are what is looked up or multiplied."""
    found = {}
    for name, value in network.state_dict().items():
        parts = name.removesuffix(".table.weight")
        if parts != name or isinstance(network.get_submodule(name.rpartition(".")[0]), nn.Embedding):
            found[parts.removesuffix(".weight")] = value.numpy()
        else:
            is_matrix = value.dim() == 2
            found[name] = value.numpy().T if is_matrix else value.numpy()
    return found


def names(known: Indices) -> dict[str, Any]:
    """Return what the rows of the tables stand for."""
    rows = {
        "word": known.words, "tag": known.tags, "function": known.functions,
        "power": known.powers, "when": known.whens, "standing": known.standing,
    }  # fmt: skip
    return {"rows": rows, "kinds": known.kinds, "statuses": known.statuses, "standings": known.standings}
