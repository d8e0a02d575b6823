"""Text to terms: the one analyzer of indexing, searching and highlighting.

An analyzer makes two streams of terms from each text, because matching and scoring need different
terms:

>>> Analyzer().streams("China's mills: 增產節約")
Streams(exact=['china', 's', 'mills', '增产', '产节', '节约', '约'],
        ranking=['china', 'mill', '增产节约'])

The *exact stream* decides what matches. It has a term for each alphabetic word or number, as it
is written, and a term for each Han character: the bigram of this character and the next one, or
the character alone at the end of a run. So the phrase 产节约 is found by its bigrams 产节 and 节约,
whether or not the dictionary knows a word there. Each term has a position, and the positions of
neighbours differ by one.

The *ranking stream* decides scores. It has the stem of each alphabetic word, and the Chinese words
that jieba finds. A possessive 's is left out.

The steps, and the modules that do them:

1. `folding` maps each character to one form: ``增產`` becomes ``增产``, ``Ｍill`` becomes ``mill``.
   A character is folded without regard to its neighbours, so each term knows the characters of the
   original text from which it comes.
2. `script` says which folded characters are Han, which are parts of words, and which are numerals.
   By these classes `analyzer` splits a text into words and into *runs* of Han characters.
3. `english` stems words; `chinese` cuts runs into words, a few of them by `dictionary`, without
   loading jieba.

Indexing needs the same terms, but of whole articles at once. `encoder` computes them with arrays:
`fold_tables` says what each code point folds to and what kind of character that is, `bigrams`
numbers the Han terms, and `long_words` finds the words that are longer than a bigram. The tests
compare its terms with those of `Analyzer`.

An index keeps the `fingerprint` of its analyzer. If the installed analyzer has another one, the
index has to be built again.
"""

from indexer.analysis.analyzer import Analyzer, Streams, Token
from indexer.analysis.folding import fold

__all__ = ["Analyzer", "Streams", "Token", "fold"]
