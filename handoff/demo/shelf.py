"""What the demo's marketing runs: campaigns with what they cost and promise, and materials."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Final

from handoff.demo.cast import FIELD, INSIDE, MARKETING, Company
from leads.models import Campaign, Material, Source

WEBSITE: Final = "Site"


@dataclass(frozen=True)
class Idea:
    """`quality` (0 to 1) is how often its leads turn out well, `weight` how many it brings.

    `starts` and `ends` are days before today; `materials` are offered by it alone.
    """

    name: str
    origin: str
    cost: int
    weight: float
    quality: float
    starts: int
    ends: int
    promise: str
    playbook: str
    materials: tuple[str, ...] = ()
    team: str = INSIDE


IDEAS: Final = (
    Idea(
        *("Demonstração em 15 minutos", "paid_search", 48_000, 1.5, 0.74, 118, -30),
        promise="Uma demonstração guiada de 15 minutos, com os números da sua empresa.",
        playbook="Ligue já, cite o pedido de demonstração e ofereça dois horários para hoje.",
    ),
    Idea(
        *("E-book: Passagem de bastão sem perdas", "social", 18_500, 1.8, 0.30, 112, -10),
        promise="Um guia prático em PDF, sem compromisso.",
        playbook="Pergunte qual capítulo ajudou e onde os leads se perdem hoje.",
        materials=("E-book: Passagem de bastão sem perdas", "Modelo de SLA em planilha"),
    ),
    Idea(
        *("Webinar: SLA entre marketing e vendas", "event", 12_900, 1.0, 0.55, 74, 40),
        promise="Gravação, modelo de acordo e um diagnóstico gratuito de 20 minutos.",
        playbook="Comece pela pergunta que a pessoa fez no chat do webinar.",
        materials=("Gravação do webinar de SLA",),
    ),
    Idea(
        *("Comparativo de CRMs 2026", "organic_search", 9_000, 1.3, 0.52, 119, -60),
        promise="Um comparativo honesto, com preços e limites de cada ferramenta.",
        playbook="Pergunte quais ferramentas ficaram na lista curta.",
        materials=("Comparativo de CRMs 2026",),
    ),
    Idea(
        *("Indique e ganhe", "referral", 6_200, 0.5, 0.86, 119, -60),
        promise="Um mês grátis para quem indica e para quem chega.",
        playbook="Cite quem indicou na primeira frase.",
    ),
    Idea(
        *("Newsletter Bastão", "email", 3_200, 0.9, 0.44, 119, -60),
        promise="Uma ideia por semana para vender com menos atrito.",
        playbook="Retome a edição em que a pessoa clicou.",
        materials=("Checklist de qualificação",),
    ),
    Idea(
        *("Feira do Empreendedor – estande", "event", 62_000, 0.9, 0.42, 55, 50),
        promise="Visita técnica gratuita à sua operação comercial.",
        playbook="Lembre a conversa no estande; a ficha tem as anotações.",
        materials=("Folheto: Handoff em 1 minuto",),
    ),
    Idea(
        *("LinkedIn – diretores comerciais", "social", 54_000, 1.1, 0.40, 96, -20),
        promise="Benchmark de tempo de resposta do seu setor.",
        playbook="Abra com o número do setor e compare com o deles.",
        materials=("Benchmark: tempo de resposta 2026",),
    ),
    Idea(
        *("Remarketing – página de preços", "display", 15_700, 0.7, 0.63, 60, -30),
        promise="Simulação de preço sob medida em um dia útil.",
        playbook="Já viu o preço: vá direto à simulação.",
        materials=("Tabela de preços",),
    ),
    Idea(
        *("Calculadora de oportunidade perdida", "organic_search", 7_400, 1.0, 0.58, 88, -60),
        promise="Um relatório com quanto a sua empresa perde por mês.",
        playbook="Comece pelo valor que a calculadora mostrou.",
        materials=("Relatório da calculadora",),
    ),
    Idea(
        *("Portugal – pesquisa paga", "paid_search", 21_000, 1.2, 0.60, 105, -30),
        promise="Uma demonstração em português de Portugal, com faturação incluída.",
        playbook="Confirme o país, o NIF e quem decide antes de marcar.",
        team=FIELD,
    ),
    Idea(
        *("Lisboa Cresce – webinar", "event", 12_000, 0.8, 0.50, 66, 30),
        promise="Um plano de 30 dias para a equipa comercial.",
        playbook="Pergunte pelo tamanho da equipa e pelo ciclo de venda.",
        materials=("Plano de 30 dias",),
        team=FIELD,
    ),
)


@dataclass(frozen=True)
class Shelf:
    """Campaigns by the name of their idea, and their materials."""

    campaigns: dict[str, Campaign]
    materials: dict[str, list[Material]]


def stock(company: Company, at: datetime) -> Shelf:
    """Put every campaign and material on the shelf."""
    today = at.date()
    campaigns = Campaign.objects.bulk_create(
        Campaign(
            team=company.teams[MARKETING],
            name=idea.name,
            origin=idea.origin,
            cost=Decimal(idea.cost),
            promise=idea.promise,
            playbook=idea.playbook,
            starts_on=today - timedelta(days=idea.starts),
            ends_on=today - timedelta(days=idea.ends),
        )
        for idea in IDEAS
    )
    by_name = {campaign.name: campaign for campaign in campaigns}
    Material.objects.bulk_create(
        Material(
            name=name,
            campaign=by_name[idea.name],
            url=f"https://www.handoff.example/materiais/{place}-{number}",
        )
        for place, idea in enumerate(IDEAS, 1)
        for number, name in enumerate(idea.materials, 1)
    )
    Source.objects.create(name=WEBSITE)
    return find()


def find() -> Shelf:
    """The shelf as it stands."""
    campaigns = {campaign.name: campaign for campaign in Campaign.objects.all()}
    materials: dict[str, list[Material]] = {name: [] for name in campaigns}
    for material in Material.objects.select_related("campaign"):
        if material.campaign is not None:
            materials[material.campaign.name].append(material)
    return Shelf(campaigns, materials)
