"""Ids, spans and decoded texts of SentencePiece itself for small unigram models trained on the samples.

Run: /usr/bin/python3 oracles/text/unigram.py   (Debian: python3-sentencepiece 0.1.97)
Writes tests/oracles/text/unigram-*.model and unigram.json. Spans are in Unicode characters of the text.
"""
import io
import json

import sentencepiece

from samples import LINES, PROSE, all_texts

texts = all_texts()
corpus = (PROSE.split("\n") + [line for line in LINES if line.strip()]) * 4
MODELS = {
    "nmt": dict(vocab_size=360, normalization_rule_name="nmt_nfkc", character_coverage=0.98),
    "bytes": dict(vocab_size=700, normalization_rule_name="identity", byte_fallback=True, character_coverage=0.98, user_defined_symbols=["<sep>", "best of", "ab"],
                  remove_extra_whitespaces=False, pad_id=3),
    "suffix": dict(vocab_size=420, normalization_rule_name="identity", treat_whitespace_as_suffix=True, character_coverage=0.98, control_symbols=["<ctl>"]),
    "plain": dict(vocab_size=420, normalization_rule_name="identity", add_dummy_prefix=False, character_coverage=0.98),
}
record = {"texts": texts, "models": {}}
for name, options in MODELS.items():
    target = io.BytesIO()
    sentencepiece.SentencePieceTrainer.train(sentence_iterator=iter(corpus), model_writer=target, model_type="unigram", num_threads=1,
                                             minloglevel=2, hard_vocab_limit=False, **options)
    with open(f"tests/oracles/text/unigram-{name}.model", "wb") as file:
        file.write(target.getvalue())
    model = sentencepiece.SentencePieceProcessor(model_proto=target.getvalue())
    ids = [model.encode(text) for text in texts]
    spans = [[[p.begin, p.end] for p in model.encode(text, out_type="immutable_proto").pieces] for text in texts]
    rows = [[n % model.get_piece_size() for n in range(start * 37, start * 37 + 20)] for start in range(40)]
    record["models"][name] = {"pieces": [model.id_to_piece(n) for n in range(model.get_piece_size())], "ids": ids, "spans": spans,
                              "decoded": [model.decode(row) for row in ids], "rows": rows, "decoded_rows": [model.decode(row) for row in rows]}
    print(name, model.get_piece_size())
with open("tests/oracles/text/unigram.json", "w") as file:
    json.dump(record, file)
