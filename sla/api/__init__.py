"""The endpoints of this app, each over the same query or action as its page."""

from django.urls import URLPattern, path

from sla.api import absences, agreement, clocks, delays, promises, what_if

urlpatterns: list[URLPattern] = [
    path("queue/", promises.Queue.as_view(), name="queue"),
    path("what-if/", what_if.WhatIf.as_view(), name="what_if"),
    path("board/", promises.LiveBoard.as_view(), name="board"),
    path("agreement/", agreement.Agreements.as_view(), name="agreement"),
    path("agreement/versions/", agreement.Versions.as_view(), name="agreement_versions"),
    path("agreement/versions/<id:pk>/", agreement.Version.as_view(), name="agreement_version"),
    path("agreement/versions/<id:pk>/copy/", agreement.Copy.as_view(), name="copy_agreement"),
    path(
        "agreement/versions/<id:pk>/propose/", agreement.Propose.as_view(), name="propose_agreement"
    ),
    path("agreement/versions/<id:pk>/sign/", agreement.Sign.as_view(), name="sign_agreement"),
    path(
        "agreement/versions/<id:pk>/send-back/",
        agreement.SendBack.as_view(),
        name="send_back_agreement",
    ),
    *clocks.urlpatterns,
    *delays.urlpatterns,
    *absences.urlpatterns,
]
