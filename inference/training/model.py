"""The networks: a coarse one on a tight crop of the person, and one that all part windows share."""

import torch
import torch.nn as nn
import torch.nn.functional as F

from data import BODY_PLANES, CUE_CHANNELS


def conv(ci, co, stride=1, kernel=3):
    return nn.Sequential(nn.Conv2d(ci, co, kernel, stride, kernel // 2, bias=False),
                         nn.BatchNorm2d(co), nn.ReLU(inplace=True))


class Residual(nn.Module):
    def __init__(self, c):
        super().__init__()
        self.first = conv(c, c)
        self.second = nn.Sequential(nn.Conv2d(c, c, 3, 1, 1, bias=False), nn.BatchNorm2d(c))

    def forward(self, x):
        return F.relu(x + self.second(self.first(x)))


class Lifter(nn.Module):
    """17 points of a cue (x, y, z, confidence) to their corrected z; 0 in the middle of the hips."""

    def __init__(self, width=256):
        super().__init__()
        self.enter = nn.Linear(17 * 4, width)
        self.first = nn.Sequential(nn.Linear(width, width), nn.ReLU(), nn.Linear(width, width))
        self.second = nn.Sequential(nn.Linear(width, width), nn.ReLU(), nn.Linear(width, width))
        self.leave = nn.Linear(width, 17)

    def forward(self, points):
        hips = 0.5 * (points[:, 7:8] + points[:, 8:9])
        x = torch.cat([4 * (points[:, :, :3] - hips[:, :, :3]), points[:, :, 3:]], 2).flatten(1)
        y = F.relu(self.enter(x))
        y = F.relu(y + self.first(y))
        y = F.relu(y + self.second(y))
        z = points[:, :, 2] + 0.1 * self.leave(y)
        return z - 0.5 * (z[:, 7:8] + z[:, 8:9])


class Coarse(nn.Module):
    """Picture with mask (4 x 64 x 64), cue (20 x 32 x 32) and fitted body (9 x 64 x 64, 0 where there is
    none) to normals, depths and mask at 64.

    Output, 9 x 64 x 64: front and back normal codes (unit vectors), middle depth and half thickness
    (shares of the crop's side; the middle from the plane through the person's centre), mask logit.
    """

    def __init__(self, widths=(32, 64, 128, 256)):
        super().__init__()
        a, b, c, d = widths
        self.fine = conv(4 + BODY_PLANES, 16)
        self.stem = conv(16 + CUE_CHANNELS + 4 * BODY_PLANES, a)
        self.enter = Residual(a)
        self.down1 = nn.Sequential(conv(a, b, 2), Residual(b))
        self.down2 = nn.Sequential(conv(b, c, 2), Residual(c))
        self.down3 = nn.Sequential(conv(c, d, 2), Residual(d), conv(d, c))
        self.up2 = nn.Sequential(conv(2 * c, c), conv(c, b))
        self.up1 = nn.Sequential(conv(2 * b, b), conv(b, a))
        self.up0 = nn.Sequential(conv(2 * a, a), conv(a, a))
        self.head64 = nn.Conv2d(a, 4 * 9, 1)
        self.limbs = nn.Conv2d(a, CUE_CHANNELS // 2 + 1, 1)
        self.last = nn.Sequential(conv(16 + 9, 16), nn.Conv2d(16, 9, 3, 1, 1))
        # How much of the body's depth stands, cell by cell; of its normals and thickness, in all.
        self.trust = nn.Conv2d(16 + 9, 1, 1)
        self.share = nn.Parameter(torch.zeros(3))

    def forward(self, picture, cue, body):
        twice = lambda t: F.interpolate(t, scale_factor=2, mode="nearest")
        fine = self.fine(torch.cat([picture, body], 1))
        half = lambda t: F.pixel_unshuffle(t, 2)
        x0 = self.enter(self.stem(torch.cat([half(picture), cue, half(body)], 1)))
        x1 = self.down1(x0)
        x2 = self.down2(x1)
        y = self.up2(torch.cat([twice(self.down3(x2)), x2], 1))
        y = self.up1(torch.cat([twice(y), x1], 1))
        y = self.up0(torch.cat([twice(y), x0], 1))
        base = F.pixel_shuffle(self.head64(y), 2)
        both = torch.cat([fine, base], 1)
        out = base + self.last(both)
        bones = F.interpolate(self.bone_depth(cue, self.limbs(y)), scale_factor=2, mode="bilinear",
                              align_corners=False)
        trust = torch.sigmoid(2 + self.trust(both)) * body[:, 8:9]
        middle = bones + trust * (body[:, 6:7] - bones)
        share = 10 * self.share
        front = out[:, 0:3] + share[0] * body[:, 0:3]
        back = out[:, 3:6] + share[1] * body[:, 3:6]
        half = out[:, 7:8] + share[2] * body[:, 7:8] / 0.03
        return self.decode(torch.cat([front, back, out[:, 6:7], half, out[:, 8:9]], 1), middle)

    @staticmethod
    def bone_depth(cue, choice):
        """Depth of the limb that each cell shows, chosen by the network among those that are near.

        The last choice is none of them: depth 0, where the hips are.
        """
        presence, depth = cue[:, 0::2], cue[:, 1::2] / (4 * cue[:, 0::2] + 1e-3)
        near = torch.cat([torch.log(presence + 1e-4), torch.full_like(presence[:, :1], -4)], 1)
        share = torch.softmax((choice + near).float(), 1)[:, :-1]
        return (share * depth).sum(1, keepdim=True)

    @staticmethod
    def decode(out, middle):
        unit = lambda n: n / torch.sqrt((n * n).sum(1, keepdim=True) + 1e-6)
        front = torch.cat([out[:, 0:2], F.softplus(out[:, 2:3]) + 0.02], 1)
        back = torch.cat([out[:, 3:5], F.softplus(out[:, 5:6]) + 0.02], 1)
        middle, half = middle + 0.1 * out[:, 6:7], 0.03 * F.softplus(out[:, 7:8])
        return torch.cat([unit(front), unit(back), middle, half, out[:, 8:9]], 1)

    def begin_from(self, state):
        """Takes weights of a network that did not see bodies: their planes begin with no weight."""
        own = self.state_dict()
        for name, value in own.items():
            if name not in state:
                continue
            old = state[name]
            if old.shape == value.shape:
                own[name] = old
            else:
                own[name] = torch.zeros_like(value)
                own[name][:, :old.shape[1]] = old
        for name in ("trust.weight", "trust.bias", "share"):
            if name not in state:
                own[name] = torch.zeros_like(own[name])
        self.load_state_dict(own)


class Part(nn.Module):
    """A part window: picture 3, front and back coarse normal codes 6 -> front and back normal codes."""

    def __init__(self, widths=(24, 48, 80, 112)):
        super().__init__()
        a, b, c, d = widths
        self.stem = conv(4 * 9, a)
        self.enter = Residual(a)
        self.down1 = nn.Sequential(conv(a, b, 2), Residual(b))
        self.down2 = nn.Sequential(conv(b, c, 2), Residual(c))
        self.down3 = nn.Sequential(conv(c, d, 2), conv(d, c))
        self.up2 = nn.Sequential(conv(2 * c, c), conv(c, b))
        self.up1 = nn.Sequential(conv(2 * b, b), conv(b, a))
        self.up0 = conv(2 * a, a)
        self.head = nn.Conv2d(a, 4 * 6, 1)
        self.last = nn.Sequential(nn.Conv2d(9 + 6, 16, 3, 1, 1), nn.ReLU(inplace=True),
                                  nn.Conv2d(16, 6, 3, 1, 1))
        # It begins as what the coarse network says.
        for layer in (self.head, self.last[2]):
            nn.init.zeros_(layer.weight)
            nn.init.zeros_(layer.bias)

    def forward(self, x):
        twice = lambda t: F.interpolate(t, scale_factor=2, mode="nearest")
        x0 = self.enter(self.stem(F.pixel_unshuffle(x, 2)))
        x1 = self.down1(x0)
        x2 = self.down2(x1)
        y = self.up2(torch.cat([twice(self.down3(x2)), x2], 1))
        y = self.up1(torch.cat([twice(y), x1], 1))
        y = self.up0(torch.cat([twice(y), x0], 1))
        y = F.pixel_shuffle(self.head(y), 2)
        y = x[:, 3:] + y + self.last(torch.cat([x, y], 1))
        unit = lambda n: n / torch.sqrt((n * n).sum(1, keepdim=True) + 1e-6)
        return torch.cat([unit(y[:, :3]), unit(y[:, 3:])], 1)


def parameters_of(model):
    return sum(p.numel() for p in model.parameters())
