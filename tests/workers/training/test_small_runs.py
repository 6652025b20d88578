"""The whole of each training, in a few steps: what comes out is what the gallery's own loaders read."""

from pathlib import Path

import numpy as np
import pytest
import torch
from diffusers import AutoPipelineForText2Image
from transformers import CLIPTokenizer

from clonegallery.demo.painter import paint
from clonegallery.demo.phrasing import phrase
from clonegallery.demo.scene import Scene
from clonegallery.inference.clip import Clip
from workers.training import autoencoder, clip, diffusion
from workers.training.judge import SkyMeter, trained_judge
from workers.training.judging_clip import ranks_of, shared
from workers.training.judging_diffusion import scores
from workers.training.pictures import SIDE, Pictures, judging_set, teaching_set
from workers.training.scenes import judging_scene, teaching_scene
from workers.training.traits import traits_of
from workers.training.words import LENGTH, tokenizer_for
from workers.training.wrapping import png

CPU = torch.device("cpu")


@pytest.fixture(scope="module")
def work(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("training")


@pytest.fixture(scope="module")
def pictures(work: Path) -> Pictures:
    teaching_set(work, 3, seed=9, processes=1)
    return teaching_set(work, 12, seed=9, processes=2)


@pytest.fixture(scope="module")
def tokenizer(work: Path, pictures: Pictures) -> CLIPTokenizer:
    return tokenizer_for(pictures.scenes, work / "words", seed=9)


def test_pictures_are_painted_once_and_added_to(work: Path, pictures: Pictures) -> None:
    again = teaching_set(work, 12, seed=9, processes=1)
    assert np.array_equal(again.pixels, pictures.pixels)
    assert (len(again), again.pixels.shape) == (12, (12, SIDE, SIDE, 3))
    assert len({picture.tobytes() for picture in pictures.pixels}) == 12
    assert judging_set(work, 2, seed=9, processes=1).scenes != pictures.scenes[:2]


def test_the_words_hold_whatever_is_said(pictures: Pictures, tokenizer: CLIPTokenizer) -> None:
    rng = np.random.default_rng(0)
    for scene in pictures.scenes:
        said = phrase(scene, rng)
        tokens = tokenizer(said)["input_ids"]
        assert (tokens[0], tokens[-1]) == (tokenizer.bos_token_id, tokenizer.eos_token_id)
        assert tokenizer.unk_token_id not in tokens[1:-1]
        spoken = str(tokenizer.decode(tokens, skip_special_tokens=True))
        assert "".join(spoken.split()) == "".join(said.lower().split())
    odd = tokenizer("Ein Schäfchen, 喵 🐑!", truncation=True, max_length=LENGTH)["input_ids"]
    assert tokenizer.unk_token_id not in odd[1:-1]


def test_clip_is_loaded_by_the_gallery(work: Path, pictures: Pictures, tokenizer: CLIPTokenizer) -> None:
    learned = clip.train(pictures, tokenizer, clip.ClipPlan(steps=2, batch=4), work, CPU)
    clip.save(learned, tokenizer, work / "models" / clip.NAME)
    loaded = Clip(str(work / "models" / clip.NAME))
    placed = loaded.images([png(one) for one in pictures.pixels])
    assert placed.shape == (12, clip.WIDTH)
    # The gallery prepares pictures by the saved processor, training by arithmetic of its own: they must agree.
    with torch.no_grad():
        own = learned.float().get_image_features(clip.prepared(pictures.pixels, CPU)).pooler_output
    assert torch.nn.functional.normalize(own).numpy() == pytest.approx(placed, abs=2e-2)
    assert ranks_of(placed, placed).tolist() == [0] * 12
    assert all(0 <= share <= 1 for _name, share in shared(pictures.scenes, placed))


def test_diffusion_is_a_pipeline_of_diffusers(work: Path, pictures: Pictures, tokenizer: CLIPTokenizer) -> None:
    words = clip.model_of(tokenizer)
    clip.save(words, tokenizer, work / "words of clip")
    coder = autoencoder.train(pictures, autoencoder.AutoencoderPlan(steps=2, batch=2), work, CPU)
    coder.save_pretrained(work / "autoencoder")
    latents = autoencoder.latents_of(work / "autoencoder", pictures, work, CPU)
    assert len(list(work.glob("latents-*.npy"))) == 1
    assert np.array_equal(autoencoder.latents_of(work / "autoencoder", pictures, work, CPU), latents)
    assert len(list(work.glob("latents-*.npy"))) == 1
    assert latents.shape == (12, autoencoder.CHANNELS, SIDE // 8, SIDE // 8)
    assert float(latents.astype(np.float32).std()) == pytest.approx(1, abs=0.05)
    task = diffusion.Denoising(pictures, latents, work / "words of clip", 2, CPU)
    begun = {name: weight.clone() for name, weight in task.text.named_parameters()}
    theirs = dict(words.text_model.named_parameters())
    assert begun
    for name, weight in begun.items():
        assert torch.equal(weight, theirs[name.removeprefix("text_model.")].float()), name
    assert _noise_goes_without_regard_of(task)
    unet, text = diffusion.train(task, diffusion.DiffusionPlan(steps=2, batch=2), work)
    made = diffusion.pipeline_of(unet, text, coder, tokenizer).to(dtype=torch.float16)
    made.save_pretrained(work / "models" / diffusion.NAME)
    pipeline = AutoPipelineForText2Image.from_pretrained(work / "models" / diffusion.NAME, dtype=torch.float32)
    pipeline.set_progress_bar_config(disable=True)
    picture = pipeline("a red sun", num_inference_steps=2, generator=torch.Generator().manual_seed(1)).images[0]
    assert picture.size == (SIDE, SIDE)
    size = sum(path.stat().st_size for path in (work / "models").rglob("*.safetensors"))
    assert size < 25_000_000, "both together are meant to be small"


def _noise_goes_without_regard_of(task: diffusion.Denoising) -> bool:
    """Whether a picture of the set is seen at every noise, wherever it stands in the set."""
    seen: dict[int, list[int]] = {}
    add_noise = task._scheduler.add_noise

    def watched(clean: torch.Tensor, noise: torch.Tensor, times: torch.Tensor) -> torch.Tensor:
        for at, time in enumerate(times.tolist()):
            seen.setdefault(at, []).append(time)
        noisy: torch.Tensor = add_noise(clean, noise, times)
        return noisy

    task._scheduler.add_noise = watched
    with torch.no_grad():
        for step in range(12):
            task.loss(step, np.random.default_rng(step))
    task._scheduler.add_noise = add_noise
    return all(min(times) < 500 <= max(times) for times in seen.values())


def test_the_judge_tells_what_it_was_taught(work: Path, pictures: Pictures) -> None:
    judge = trained_judge(pictures, work, steps=120, batch=12, device=CPU)
    asked = np.array([traits_of(scene) for scene in pictures.scenes])
    seen = judge.traits(np.asarray(pictures.pixels))
    assert seen.shape == asked.shape
    assert (seen == asked).mean() > 0.9, "twelve pictures can be learned by heart"
    meter = SkyMeter(pictures)
    told = dict(scores(judge, meter, np.asarray(pictures.pixels), pictures.scenes))
    assert told["sky, judged"] > 0.9
    mirrored = np.ascontiguousarray(pictures.pixels[:, :, ::-1])
    assert (
        dict(scores(judge, meter, mirrored, pictures.scenes))["sun or moon on the asked side"]
        < told["sun or moon on the asked side"]
    )


def test_skies_are_told_by_their_colours_alone() -> None:
    def painted(scenes: list[Scene]) -> Pictures:
        return Pictures(scenes, np.stack([np.asarray(paint(scene, (SIDE, SIDE), 1)) for scene in scenes]))

    meter = SkyMeter(painted([teaching_scene(4, index) for index in range(240)]))
    others = painted([judging_scene(4, index) for index in range(60)])
    right = [found is scene.sky for found, scene in zip(meter.skies(others.pixels), others.scenes, strict=True)]
    assert np.mean(right) > 0.85
