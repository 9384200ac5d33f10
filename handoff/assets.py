"""Which of the front end's files are served: those that pages use, not all that packages bring."""

from django.contrib.staticfiles.apps import StaticFilesConfig


class Assets(StaticFilesConfig):
    ignore_patterns = [
        *StaticFilesConfig.ignore_patterns,
        "*.esm.*",
        "*.rtl.*",
        "tabler-flags*",
        "tabler-marketing*",
        "tabler-payments*",
        "tabler-socials*",
        "echarts.common*",
        "echarts.simple*",
        "echarts.js*",
        "extension",
        "package.json",
    ]
