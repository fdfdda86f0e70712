"""sinf.Model: every way to give a picture, the answers of the program, and what is refused."""

import gc
import threading

import numpy
import pytest
import sinf
from PIL import Image


class Facts(tuple):
    """Equal where shares differ by no more than what the program's six decimals leave open."""

    def __eq__(self, other):
        return abs(self[0] - other[0]) < 1e-6 and tuple(self[1:]) == tuple(other[1:])


def facts(answer):
    return Facts((answer.share, answer.label, answer.path, answer.cluster))


def test_answers_are_those_of_the_program(model, pictures, said):
    assert len(said) == len(pictures)
    assert [facts(model.classify(path)) for path in pictures] == said
    assert [facts(model.classify(str(path))) for path in pictures] == said
    assert [facts(model.classify(path.read_bytes())) for path in pictures] == said
    assert [facts(model.classify(Image.open(path))) for path in pictures] == said
    arrays = [numpy.asarray(Image.open(path)) for path in pictures]
    assert [facts(model.classify(array)) for array in arrays] == said
    assert [facts(answer) for answer in model.classify_all(iter(pictures))] == said


def test_arrays_lie_as_they_like(model, pictures, said):
    pixels = numpy.asarray(Image.open(pictures[1]))
    assert facts(model.classify(pixels[:, :, ::-1], order="bgr")) == said[1]
    assert facts(model.classify(pixels[:, :, ::-1].copy(), order="bgr")) == said[1]
    wide = numpy.zeros((310, 400, 3), numpy.uint8)
    wide[5:305, 100:311] = pixels
    assert facts(model.classify(wide[5:305, 100:311])) == said[1]
    turned = numpy.ascontiguousarray(pixels.transpose(1, 0, 2)).transpose(1, 0, 2)
    assert facts(model.classify(turned)) == said[1]
    assert facts(model.classify(pixels[::-1][::-1])) == said[1]
    grey = numpy.asarray(Image.open(pictures[2]))
    assert facts(model.classify(grey[:, :, None])) == said[2]
    # A palette of all greys.
    assert facts(model.classify(Image.open(pictures[2]).convert("P"))) == said[2]


def test_results_say_what_happened(model, pictures):
    answer = model.classify(pictures[1], top=3)
    assert len(answer.labels) == 3
    assert [label.share for label in answer.labels] == sorted(
        (label.share for label in answer.labels), reverse=True
    )
    assert model.classes[answer.labels[0].index] == answer.label
    assert answer.cluster in model.clusters
    assert answer.size == (211, 300)
    assert answer.macs > 0 and answer.times.features_ms > 0 and answer.times.decode_ms > 0
    assert answer.times.total_ms > answer.times.network_ms
    assert len(model.classes) == 100 and len(model.clusters) == 4
    assert 1 << 20 < model.memory_bytes < 3 << 20
    assert "100 classes, 4 clusters" in repr(model)


def test_models_from_bytes(model_file, pictures, said):
    model = sinf.Model(model_file.read_bytes())
    gc.collect()
    assert facts(model.classify(pictures[0])) == said[0]
    assert "of bytes" in repr(model)


@pytest.mark.parametrize(
    "picture, error, text",
    [
        (b"", sinf.PictureError, "empty: found 0 bytes"),
        (b"hello, world, this is text", sinf.PictureError, "JPEG"),
        ("/nowhere/x.png", sinf.SystemError, "No such file.*/nowhere/x.png"),
        (None, sinf.ArgumentError, "NoneType"),
        (numpy.zeros((4, 4, 3)), sinf.ArgumentError, "uint8"),
        (numpy.zeros((3, 8, 8), numpy.uint8), sinf.ArgumentError, "permute channels to the end"),
        (numpy.zeros((1, 3, 8, 8), numpy.uint8), sinf.ArgumentError, "height x width"),
        (numpy.zeros((0, 8), numpy.uint8), sinf.ArgumentError, "at least 1 x 1"),
        (Image.new("RGBA", (4, 4)), sinf.ArgumentError, "background"),
        (Image.new("I", (4, 4)), sinf.ArgumentError, "8 bits"),
    ],
)
def test_wrong_pictures(model, picture, error, text):
    with pytest.raises(error, match="(?i)" + text) as caught:
        model.classify(picture)
    assert isinstance(caught.value, sinf.Error)


def test_cut_pictures_name_their_file(model, pictures, tmp_path, said):
    cut = tmp_path / "cut.png"
    cut.write_bytes(pictures[1].read_bytes()[:500])
    with pytest.raises(sinf.PictureError, match="cut.png: "):
        model.classify(cut)
    answers = list(model.classify_all([pictures[0], cut, pictures[1]]))
    assert facts(answers[0]) == said[0] and facts(answers[2]) == said[1]
    assert isinstance(answers[1], sinf.PictureError)


def test_wrong_options(model, pictures):
    for arguments in [{"top": 0}, {"top": 11}]:
        with pytest.raises(sinf.ArgumentError, match="top is"):
            model.classify(pictures[0], **arguments)
    with pytest.raises(sinf.ArgumentError, match="order 'gbr'"):
        model.classify(numpy.zeros((4, 4, 3), numpy.uint8), order="gbr")


def test_wrong_models(tmp_path, model_file, pictures):
    with pytest.raises(sinf.SystemError, match="No such file.*none.sinf"):
        sinf.Model(tmp_path / "none.sinf")
    broken = bytearray(model_file.read_bytes())
    broken[9000] ^= 1
    with pytest.raises(sinf.ModelError, match="byte"):
        sinf.Model(bytes(broken))
    (tmp_path / "b.sinf").write_bytes(broken)
    with pytest.raises(sinf.ModelError, match="b.sinf: "):
        sinf.Model(tmp_path / "b.sinf")
    with pytest.raises(sinf.ModelError):
        sinf.Model(b"")
    with pytest.raises(sinf.ArgumentError, match="decoder"):
        sinf.Model(model_file, decoder_bytes=1)
    model = sinf.Model(model_file)
    model.close()
    model.close()
    with pytest.raises(sinf.ArgumentError, match="closed"):
        model.classify(pictures[0])


def test_too_little_memory_says_how_much(model_file):
    model = sinf.Model(model_file, decoder_bytes=1 << 16)
    with pytest.raises(sinf.MemoryBudgetError) as caught:
        model.classify(numpy.zeros((2, 60_000, 3), numpy.uint8))
    assert caught.value.needed > caught.value.available > 0


def test_threads_get_their_own_answers(model, pictures, said):
    wrong = []

    def work(index):
        for _ in range(20):
            if not facts(model.classify(pictures[index])) == said[index]:
                wrong.append(index)

    threads = [threading.Thread(target=work, args=(index,)) for index in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []


def test_nothing_leaks(model, pictures):
    """Resident memory stays where it is over thousands of pictures and models."""

    def resident():
        with open("/proc/self/statm") as file:
            return int(file.read().split()[1]) * 4096

    pixels = numpy.asarray(Image.open(pictures[0]))
    for _ in range(300):
        model.classify(pixels)
    before = resident()
    for _ in range(2000):
        model.classify(pixels)
    assert resident() - before < 1 << 20
