"""What a report looks like to a reader: a question, its answer in words, a chart and its table.

The page, the CSV file and the API all show the same panel. `feedback.reports` has the figures.
"""
