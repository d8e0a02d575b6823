"""Questions to the whole archive: concordance, collocates and the learnt dictionary."""
