"""PSNR, SSIM and MS-SSIM of the pictures of tests/eval/metrics/images_test.ts by scikit-image and
torchmetrics: the golden values of that test. From the repository's root:

    pip install numpy==2.4.6 scikit-image==0.26.0 torch==2.15.0 torchmetrics==1.9.0
    python tests/crosscheck/image_metrics.py
"""
import numpy as np
from skimage.metrics import peak_signal_noise_ratio, structural_similarity


def waves(width, height, shift=0.0):
    y, x = np.mgrid[:height, :width].astype(float)
    return np.stack([
        0.5 + 0.3 * np.sin((c + 2) * x / 17 + y / 23 + shift) + 0.2 * np.cos(x * y / 900 + c + 2 * shift)
        for c in range(3)
    ], axis=-1)


a, b = waves(200, 190), waves(200, 190, 0.4)
print("psnr", peak_signal_noise_ratio(a, b, data_range=1))
print("ssimUniform", structural_similarity(a, b, data_range=1, channel_axis=-1))
print("ssimGaussian", structural_similarity(
    a, b, data_range=1, channel_axis=-1, gaussian_weights=True, sigma=1.5, use_sample_covariance=False))
try:
    import torch
    from torchmetrics.functional.image import multiscale_structural_similarity_index_measure as ms_ssim
    from torchmetrics.functional.image import structural_similarity_index_measure as tm_ssim

    t = [torch.from_numpy(v).permute(2, 0, 1)[None] for v in (a, b)]
    print("torchmetrics ssim", float(tm_ssim(*t, data_range=1.0)))
    print("msSsim", float(ms_ssim(*t, data_range=1.0)))
except ImportError as error:
    print("torchmetrics is not here:", error)
