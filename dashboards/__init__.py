"""Grafana dashboards as code: `python -m dashboards` writes what is generated below deploy/.

For developers only: it is not in the wheel, and the product never imports it or grafana-foundation-sdk.

    queries      PromQL with names, labels and values checked against the catalogue
    panels       what a panel of each kind looks like; descriptions, units and empty texts from the catalogue
    frame        variables, links and what else all dashboards share
    wallboard, supervisor, sla_and_backlog, quality, customers, pipeline   the dashboards
    documents    reads a finished dashboard: its panels and every query in them
    lint         the rules that a finished dashboard keeps
    prometheus_rule   alert rules once more, for the Prometheus operator
"""
