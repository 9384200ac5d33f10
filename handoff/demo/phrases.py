"""What people of the demo say and do, and how often: a Brazilian company, in Portuguese."""

from typing import Final

from leads.models import AttemptChannel
from leads.stages import ReasonGroup

HOURS_OF_DAY: Final = (
    *(1, 1, 1, 1, 1, 1, 2, 4, 8, 12, 14, 12),
    *(9, 11, 14, 14, 12, 10, 8, 7, 6, 5, 3, 2),
)
DAYS_OF_WEEK: Final = (1.1, 1.2, 1.2, 1.1, 1.0, 0.45, 0.4)

REASONS: Final = (
    (ReasonGroup.UNREACHABLE, 3.0),
    (ReasonGroup.NOT_A_FIT, 2.4),
    (ReasonGroup.NOT_NOW, 2.2),
    (ReasonGroup.NO_INTENT, 1.6),
    (ReasonGroup.BAD_DATA, 1.1),
    (ReasonGroup.MISMATCH, 0.9),
    (ReasonGroup.DUPLICATE, 0.6),
    (ReasonGroup.COMPETITOR, 0.5),
    (ReasonGroup.OTHER, 0.3),
)
"""Why sales returns a lead; the first is for those whom nobody reached."""

LOSSES: Final = (
    (ReasonGroup.COMPETITOR, 3.0),
    (ReasonGroup.NOT_NOW, 2.5),
    (ReasonGroup.NO_INTENT, 1.5),
    (ReasonGroup.NOT_A_FIT, 1.0),
    (ReasonGroup.UNREACHABLE, 1.0),
)
CHANNELS: Final = (
    (AttemptChannel.CALL, 5.0),
    (AttemptChannel.WHATSAPP, 4.0),
    (AttemptChannel.EMAIL, 1.2),
)
TRIED: Final = (
    "Caiu na caixa postal.", "Não atendeu, mandei mensagem.", "Ocupado, tento depois do almoço.",
    "Chamou até cair.", "Respondeu que está em reunião.", "",
)  # fmt: skip
TALKED: Final = (
    "Falamos 12 minutos: querem proposta.", "Confirmou orçamento e prazo.",
    "Marcamos demonstração.",
    "Entendeu a proposta e quer um orçamento.", "Vai envolver a diretoria.",
    "Pediu case do setor dele.",
)  # fmt: skip
STEPS: Final = (
    "Enviar proposta", "Ligar de novo", "Demonstração com a diretoria",
    "Cobrar retorno da proposta",
    "Enviar orçamento", "Mandar case do setor",
)  # fmt: skip
NOTES: Final = (
    "Pediu contato hoje; prefere WhatsApp.", "Decide junto com o financeiro.",
    "Já usa um concorrente e reclamou do suporte.", "Quer começar no próximo trimestre.",
    "Perguntou duas vezes sobre integração.", "",
)  # fmt: skip
PRAISE: Final = (
    "Chegou com tudo: dor, prazo e quem decide.", "Lead quente, respondeu na hora.",
    "Perfil certo, mandem mais assim.", "O e-book abriu a conversa.", "", "",
)  # fmt: skip
COMPLAINTS: Final = {
    ReasonGroup.UNREACHABLE: ("Seis tentativas, nenhuma resposta.", "Só cai na caixa postal."),
    ReasonGroup.NOT_A_FIT: ("Pequena demais para nós.", "Empresa sem equipe de vendas."),
    ReasonGroup.NOT_NOW: ("Orçamento só no próximo ano.", "Pediu para voltar em dois meses."),
    ReasonGroup.NO_INTENT: ("Só queria o material, não conhece o produto.",
                            "É para um trabalho da faculdade."),
    ReasonGroup.BAD_DATA: ("Telefone era de outra pessoa.", "E-mail volta e o número não existe."),
    ReasonGroup.MISMATCH: ("A campanha prometeu um preço que não temos.",
                           "Esperava uma ferramenta gratuita."),
    ReasonGroup.DUPLICATE: ("Já é cliente pela matriz.", "Já falamos com o sócio."),
    ReasonGroup.COMPETITOR: ("Fechou com outro fornecedor.", "Trabalha num concorrente."),
    ReasonGroup.OTHER: ("Mudou de empresa.", "Pediu para não ser contatado este mês."),
}  # fmt: skip
"""Why it was returned or lost, in the seller's words."""
CRITICISM: Final = (
    "Faltou dizer quem decide.", "Chegou frio, sem saber por que ligamos.", "", "",
)  # fmt: skip
REPLIES: Final = (
    "Obrigado: tiramos este formulário da campanha.", "Vamos pedir o telefone duas vezes.",
    "Certo. Estudantes não passam mais daqui.", "Acertamos o texto do anúncio hoje.",
    "Anotado; a próxima lista vem com o porte da empresa.",
)  # fmt: skip
SET_ASIDE: Final = (
    "Estudante", "Concorrente", "Fora do perfil", "Currículo enviado pelo formulário",
)  # fmt: skip
