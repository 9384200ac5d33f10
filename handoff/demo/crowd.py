"""The people who come in: invented names, companies and pains, addresses that reach nobody."""

import random
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, TypeVar

from faker import Faker

from handoff.demo.cast import FIELD
from handoff.demo.shelf import IDEAS, Idea
from leads.identity import check_digits, folded

T = TypeVar("T")

CITIES: Final = (
    ("São Paulo", "SP", "11", 9.0),
    ("Campinas", "SP", "19", 2.5),
    ("Rio de Janeiro", "RJ", "21", 4.0),
    ("Belo Horizonte", "MG", "31", 3.0),
    ("Uberlândia", "MG", "34", 1.0),
    ("Curitiba", "PR", "41", 2.5),
    ("Londrina", "PR", "43", 0.8),
    ("Joinville", "SC", "47", 1.5),
    ("Florianópolis", "SC", "48", 1.2),
    ("Porto Alegre", "RS", "51", 2.0),
    ("Goiânia", "GO", "62", 1.2),
    ("Brasília", "DF", "61", 1.5),
    ("Salvador", "BA", "71", 1.4),
    ("Recife", "PE", "81", 1.4),
    ("Fortaleza", "CE", "85", 1.2),
    ("Manaus", "AM", "92", 0.6),
)
CITIES_ABROAD: Final = (
    ("Lisboa", "Lisboa", "91", 5.0),
    ("Porto", "Porto", "92", 3.0),
    ("Braga", "Braga", "93", 1.5),
    ("Coimbra", "Coimbra", "96", 1.0),
    ("Setúbal", "Setúbal", "91", 0.8),
)
TRADES: Final = (
    "Logística", "Clínicas", "Moda", "Alimentos", "Software", "Educação", "Construção", "Energia",
    "Agro", "Papéis", "Móveis", "Turismo", "Seguros", "Embalagens", "Cosméticos", "Peças",
)  # fmt: skip
FORMS: Final = ("Ltda.", "S.A.", "ME", "& Filhos", "Brasil", "Comércio", "Soluções")
TITLES: Final = (
    ("Diretora comercial", 1.2), ("Diretor comercial", 1.2), ("Gerente de vendas", 2.0),
    ("Gerente de marketing", 1.8), ("Sócia", 1.0), ("Sócio", 1.0), ("CEO", 0.8),
    ("Coordenadora de CRM", 0.9), ("Analista de marketing", 1.6), ("Head de growth", 0.8),
    ("Estagiário", 0.5), ("Consultora", 0.6), ("", 0.6),
)  # fmt: skip
SENIOR: Final = ("Diretor", "Sóci", "CEO", "Head", "Gerente")
PAINS: Final = (
    "Leads esperam dias por um retorno",
    "Vendas reclama da qualidade dos leads",
    "Ninguém sabe de quem é o lead",
    "Planilhas demais entre marketing e vendas",
    "O CRM atual é lento no celular",
    "Sem relatório de custo por lead",
    "Perdem propostas no fim de semana",
    "Equipe nova, sem roteiro de abordagem",
    "Trocar de ferramenta antes do fim do ano",
    "Integração com o ERP é obrigatória",
)
WORDS: Final = (
    "Podem me ligar ainda hoje?",
    "Quanto custa para 12 vendedores?",
    "Preciso de uma proposta até sexta.",
    "Vocês integram com o nosso ERP?",
    "Queria entender o SLA de vocês.",
    "Estamos comparando três fornecedores.",
    "Can you send a quote in English?",
    "Vi a indicação de um parceiro.",
)
SIZES: Final = ("1–10", "11–50", "51–200", "201–500", "500+")
BASES: Final = (("consent", 6.0), ("legitimate_interest", 3.0), ("contract", 0.6), ("unknown", 0.7))


@dataclass(frozen=True)
class Stranger:
    """One invented person. `promise` (0 to 1) is how well it will go, unknown to anybody."""

    name: str
    email: str
    phone: str
    company: str
    cnpj: str
    job_title: str
    city: str
    region: str
    legal_basis: str
    pains: tuple[str, ...]
    size: str
    idea: Idea
    origin: str
    promise: float


class Crowd:
    """An endless supply of strangers, the same for the same seed."""

    def __init__(self, seed: int, *, first: int = 0) -> None:
        self.random = random.Random(seed)  # noqa: S311  no secret hangs on it
        self.faker = Faker("pt_BR")
        self.faker.seed_instance(seed)
        self.number = first

    def next(self, idea: Idea | None = None) -> Stranger:
        self.number += 1
        idea = idea or pick(self.random, [(idea, idea.weight) for idea in IDEAS])
        abroad = idea.team == FIELD
        city, region, area, _weight = self._city(abroad)
        name = f"{self.faker.first_name()} {self.faker.last_name()}"
        company = self._company()
        title = pick(self.random, TITLES)
        return Stranger(
            name=name if self.random.random() > 0.02 else "",
            email=self._email(name, company),
            phone=self._phone(area, abroad),
            company=company if self.random.random() > 0.06 else "",
            cnpj=self._cnpj() if not abroad and self.random.random() < 0.35 else "",
            job_title=title,
            city=city,
            region=region,
            legal_basis=pick(self.random, BASES),
            pains=self._pains(),
            size=self.random.choice(SIZES),
            idea=idea,
            origin=self._origin(idea),
            promise=self._promise(idea, title),
        )

    def _city(self, abroad: bool) -> tuple[str, str, str, float]:
        places = CITIES_ABROAD if abroad else CITIES
        return pick(self.random, [(place, place[3]) for place in places])

    def _company(self) -> str:
        trade, form = self.random.choice(TRADES), self.random.choice(FORMS)
        return f"{self.faker.last_name()} {trade} {form}"

    def _email(self, name: str, company: str) -> str:
        """Under `.example`, for which no name server ever answers; the number makes it unique."""
        person = folded(name).replace(" ", ".")
        return f"{person}.{self.number}@{folded(company).replace(' ', '')[:24]}.example"

    def _phone(self, area: str, abroad: bool) -> str:
        """A mobile number of one invented block; each stranger has their own place in it."""
        place = self.number % 10_000
        return f"+351{area}555{place:04d}" if abroad else f"+55{area}95555{place:04d}"

    def _cnpj(self) -> str:
        """A number that begins with letters, as no company of before 2026 has one."""
        base = f"DEMO{self.number % 10_000:04d}0001"
        return base + check_digits(base)

    def _pains(self) -> tuple[str, ...]:
        return tuple(self.random.sample(PAINS, self.random.choice((0, 1, 1, 2, 2, 3))))

    def _origin(self, idea: Idea) -> str:
        """Mostly the campaign's own; some came straight, of some nobody knows."""
        dice = self.random.random()
        if dice < 0.02:
            return ""
        return "direct_traffic" if dice < 0.1 else idea.origin

    def _promise(self, idea: Idea, title: str) -> float:
        senior = 0.12 if title.startswith(SENIOR) else -0.08
        return min(max(self.random.gauss(idea.quality + senior, 0.18), 0.02), 0.98)


def pick(dice: random.Random, weighted: Sequence[tuple[T, float]]) -> T:
    """One of some, by weight."""
    values, weights = zip(*weighted, strict=True)
    return dice.choices(values, weights)[0]  # type: ignore[no-any-return]
