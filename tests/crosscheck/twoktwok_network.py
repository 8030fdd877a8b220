"""The 2K2K reconstruction network in PyTorch, written from its description (docs/models.md).

Modules carry the names of the published checkpoint's keys. Nothing is optimised: the data flow is
the described one, with full canvases where the description has full canvases. Used by
twoktwok_reference.py; needs torch.
"""
import torch
import torch.nn as nn
import torch.nn.functional as F

# Sides and widths of the published system. A smaller one (see TINY) has the same design.
PUBLISHED = {
    "canvas": 2048,
    "coarse": 256,
    "groups": {  # net: (parts, window h x w, weight window h x w)
        "face": ([0], (368, 320), (352, 304)),
        "upper": ([1], (528, 336), (512, 320)),
        "arm": ([2, 3, 4, 5], (352, 224), (336, 208)),
        "leg": ([6, 7, 8, 9], (272, 256), (256, 240)),
        "shoe": ([10, 11], (176, 128), (160, 112)),
    },
    "blur": (15, 5.0),
    "normal_widths": (64, 128, 256, 512),
    "depth_widths": (32, 64, 128, 256, 512),
    "refine_widths": (32, 64),
}

# The case of the ordinary tests: 1/8 of the side, a handful of channels.
TINY = {
    "canvas": 256,
    "coarse": 32,
    "groups": {
        "face": ([0], (48, 40), (44, 36)),
        "upper": ([1], (72, 48), (68, 44)),
        "arm": ([2, 3, 4, 5], (48, 32), (44, 28)),
        "leg": ([6, 7, 8, 9], (40, 32), (36, 28)),
        "shoe": ([10, 11], (24, 16), (20, 12)),
    },
    "blur": (3, 1.0),
    "normal_widths": (4, 6, 8, 10),
    "depth_widths": (6, 6, 6, 8, 10),
    "refine_widths": (4, 8),
}


class Block(nn.Module):
    def __init__(self, ci, co):
        super().__init__()
        self.conv = nn.Sequential(
            nn.Conv2d(ci, co, 3, 1, 1), nn.BatchNorm2d(co), nn.ReLU(),
            nn.Conv2d(co, co, 3, 1, 1), nn.BatchNorm2d(co), nn.ReLU(),
        )

    def forward(self, x):
        return self.conv(x)


class Single(nn.Module):
    def __init__(self, ci, co):
        super().__init__()
        self.conv = nn.Sequential(nn.Conv2d(ci, co, 3, 1, 1), nn.BatchNorm2d(co), nn.ReLU())

    def forward(self, x):
        return self.conv(x)


class Up(nn.Module):
    def __init__(self, ci, co):
        super().__init__()
        self.up = nn.Sequential(
            nn.Upsample(scale_factor=2), nn.Conv2d(ci, co, 3, 1, 1), nn.BatchNorm2d(co), nn.ReLU(),
        )

    def forward(self, x):
        return self.up(x)


class Gate(nn.Module):
    def __init__(self, f, fi):
        super().__init__()
        self.W_g = nn.Sequential(nn.Conv2d(f, fi, 1), nn.BatchNorm2d(fi))
        self.W_x = nn.Sequential(nn.Conv2d(f, fi, 1), nn.BatchNorm2d(fi))
        self.psi = nn.Sequential(nn.Conv2d(fi, 1, 1), nn.BatchNorm2d(1), nn.Sigmoid())

    def forward(self, g, x):
        return x * self.psi(F.relu(self.W_g(g) + self.W_x(x)))


class Proj(nn.Module):
    def __init__(self, ci, co):
        super().__init__()
        self.conv = nn.Sequential(nn.Conv2d(ci, co, 1), nn.ReLU())

    def forward(self, x):
        return self.conv(x)


class NormalNet(nn.Module):
    """Kind U."""

    def __init__(self, ci, widths):
        super().__init__()
        w1, w2, w3, w4 = widths
        self.Conv1, self.Conv2 = Block(ci, w1), Block(w1, w2)
        self.Conv3, self.Conv4 = Block(w2, w3), Block(w3, w4)
        self.Up4, self.Att4, self.Up_conv4 = Up(w4, w3), Gate(w3, w3 // 2), Block(2 * w3, w3)
        self.Up3, self.Att3, self.Up_conv3 = Up(w3, w2), Gate(w2, w2 // 2), Block(2 * w2, w2)
        self.Up2, self.Att2, self.Up_conv2 = Up(w2, w1), Gate(w1, w1 // 2), Block(2 * w1, w1)
        self.Conv_1x1 = Proj(w1, 6)

    def forward(self, x):
        e1 = self.Conv1(x)
        e2 = self.Conv2(F.max_pool2d(e1, 2))
        e3 = self.Conv3(F.max_pool2d(e2, 2))
        d = self.Conv4(F.max_pool2d(e3, 2))
        for up, att, conv, skip in (
            (self.Up4, self.Att4, self.Up_conv4, e3),
            (self.Up3, self.Att3, self.Up_conv3, e2),
            (self.Up2, self.Att2, self.Up_conv2, e1),
        ):
            d = up(d)
            d = conv(torch.cat((att(d, skip), d), 1))
        return self.Conv_1x1(d)


class DepthNet(nn.Module):
    """Kind D."""

    def __init__(self, widths):
        super().__init__()
        for side, ci in ((1, 3), (2, 6)):
            for level, (a, b) in enumerate(zip((ci, *widths), widths), 1):
                setattr(self, f"Conv{level}_{side}", Block(a, b))
        for level in (5, 4, 3, 2):
            c = 2 * widths[level - 2]
            setattr(self, f"Up{level}", Up(2 * widths[level - 1], c))
            setattr(self, f"Att{level}", Gate(c, c // 2))
            setattr(self, f"Up_conv{level}", Block(2 * c, c))
        self.Conv_1x1 = nn.Conv2d(2 * widths[0], 3, 1)

    def encode(self, x, side):
        out = []
        for level in (1, 2, 3, 4, 5):
            x = getattr(self, f"Conv{level}_{side}")(F.max_pool2d(x, 2) if out else x)
            out.append(x)
        return out

    def forward(self, picture, normal):
        a, b = self.encode(picture, 1), self.encode(normal, 2)
        d = torch.cat((a[4], b[4]), 1)
        for level in (5, 4, 3, 2):
            d = getattr(self, f"Up{level}")(d)
            skip = torch.cat((a[level - 2], b[level - 2]), 1)
            d = torch.cat((getattr(self, f"Att{level}")(d, skip), d), 1)
            d = getattr(self, f"Up_conv{level}")(d)
        return self.Conv_1x1(d)


class RefineNet(nn.Module):
    """Kind R."""

    def __init__(self, widths):
        super().__init__()
        h, w = widths
        self.depth1, self.depth2, self.depth3 = Up(2, h), Up(w, h), Up(w, h)
        self.normal1, self.normal2, self.normal3 = Single(6, h), Single(6, h), Single(6, h)
        self.merge1_1, self.merge1_2 = Block(2 * h, w), Proj(w, w)
        self.merge2_1, self.merge2_2 = Block(2 * h, w), Proj(w, w)
        self.merge3_1, self.merge3_2 = Block(2 * h, w), nn.Conv2d(w, 3, 1)

    def forward(self, n, d):
        n1, n2 = n[:, :, 1::4, 1::4], n[:, :, 0::2, 0::2]
        d = self.merge1_2(self.merge1_1(torch.cat((self.depth1(d), self.normal1(n1)), 1)))
        d = self.merge2_2(self.merge2_1(torch.cat((self.depth2(d), self.normal2(n2)), 1)))
        d = self.merge3_1(torch.cat((self.depth3(d), self.normal3(n)), 1))
        return self.merge3_2(d)


class Model(nn.Module):
    def __init__(self, size=PUBLISHED):
        super().__init__()
        self.size = size
        for name in size["groups"]:
            setattr(self, f"img2normal_{name}", NormalNet(6, size["normal_widths"]))
        self.img2normal_down = NormalNet(3, size["normal_widths"])
        self.ImgNorm_to_Dep = DepthNet(size["depth_widths"])
        self.refine = RefineNet(size["refine_widths"])

    def forward(self, x, z, keep=None, clock=None):
        """x: 1 x 3 x N x N in [-1, 1]; z: 12 x 2 x 3, part canvas to picture, float32."""
        keep = {} if keep is None else keep
        clock = clock or (lambda _name: None)
        size, n_side = self.size, self.size["canvas"]
        scale = n_side // size["coarse"]
        xd = F.interpolate(x, scale_factor=1 / scale, mode="bilinear", align_corners=False)
        dn = self.img2normal_down(xd)
        keep["coarse_normal"] = dn
        clock("down")
        up = F.interpolate(dn[:, :3], scale_factor=scale, mode="bilinear", align_corners=False)
        both = torch.cat((x, up), 1)
        one = torch.ones(1, 1, n_side, n_side)
        inverse = invert(z)
        crops, masks = {}, {}
        for net, (parts, window, inner) in size["groups"].items():
            for part in parts:
                grid = grid_of(z[part], n_side)
                crops[part] = crop(sample(both, grid), window)
                masks[part] = crop(sample(one, grid), inner)
        clock("warp in")
        normals = {}
        for net, (parts, _, _) in size["groups"].items():
            out = getattr(self, f"img2normal_{net}")(torch.cat([crops[p] for p in parts]))
            for k, part in enumerate(parts):
                normals[part] = out[k : k + 1]
                keep[f"part_normal_{part}"] = normals[part]
            clock(net)
        del crops, both, up
        placed = torch.cat([place(masks[p], n_side) for p in sorted(masks)])
        blurred = blur(placed, *size["blur"])
        clock("blur")
        grids = [grid_of(inverse[p], n_side) for p in range(12)]
        o = torch.cat([sample(blurred[p : p + 1], grids[p]) for p in range(12)])
        total = o.sum(0, keepdim=True)
        w = o / torch.where(total == 0, torch.ones_like(total), total)
        keep["occupancy"] = w.sum(0, keepdim=True)
        warped = torch.cat([sample(place(normals[p], n_side), grids[p]) for p in range(12)])
        clock("warp out")
        n = (w * warped).sum(0, keepdim=True)
        del w, o, warped, blurred, placed, total
        keep["normal"] = n
        clock("blend")
        y = self.ImgNorm_to_Dep(xd, dn)
        front, back, mask = y[:, 0:1].clamp(0, 6), y[:, 1:2].clamp(0, 6), torch.sigmoid(y[:, 2:3])
        inside = mask > 0.5
        front = torch.where(inside, front, torch.full_like(front, 6.0))
        back = torch.where(inside, back, torch.zeros_like(back))
        keep["coarse_depth_front"], keep["coarse_depth_back"] = front, back
        keep["coarse_mask"] = mask
        clock("coarse")
        y = self.refine(n, torch.cat((front, back), 1))
        keep["depth_front"], keep["depth_back"] = y[:, 0:1].clamp(0, 6), y[:, 1:2].clamp(0, 6)
        keep["mask"] = torch.sigmoid(y[:, 2:3])
        clock("refine")
        return keep


def invert(z):
    r = torch.linalg.inv(z[:, :, :2])
    return torch.cat((r, -r @ z[:, :, 2:]), 2)


def grid_of(matrix, side):
    """Source positions (normalised) of every pixel of a canvas, float32."""
    return F.affine_grid(matrix[None], (1, 1, side, side), align_corners=False)


def sample(image, grid):
    return F.grid_sample(image, grid, mode="bilinear", padding_mode="zeros", align_corners=False)


def corner(side, window):
    return side // 2 - window[0] // 2, side // 2 - window[1] // 2


def crop(canvas, window):
    top, left = corner(canvas.shape[-1], window)
    return canvas[:, :, top : top + window[0], left : left + window[1]]


def place(image, side):
    canvas = torch.zeros(image.shape[0], image.shape[1], side, side)
    h, w = image.shape[-2:]
    top, left = corner(side, (h, w))
    canvas[:, :, top : top + h, left : left + w] = image
    return canvas


def blur(images, taps, sigma):
    t = torch.arange(taps, dtype=torch.float32) - taps // 2
    k = torch.exp(-0.5 * (t / sigma) ** 2)
    k = k / k.sum()
    half = taps // 2
    images = F.pad(images, (half, half, half, half), mode="reflect")
    images = F.conv2d(images, k.view(1, 1, taps, 1))
    return F.conv2d(images, k.view(1, 1, 1, taps))
