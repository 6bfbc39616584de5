"""A rig drilling a hole, stand by stand: what its sensors would show.

Simple relations with the right signs and sizes, no design tool: the rate of penetration after
Bingham (a power of weight on bit and a share of rotary speed), pressure losses by flow to the power
1.8, hookload from the buoyed weight of the string. The same seed and steps give the same values;
nothing here reads a clock.
"""

import math
from dataclasses import dataclass
from enum import StrEnum

import numpy as np

STAND = 27.43
"""m: three joints of drill pipe, which are drilled down between two connections"""
CONNECTION_S = 300.0
"""s without circulation in which a stand is added and the survey is sent"""
SENSOR_BEHIND = 15.0
"""m from the bit back to the survey tool"""
MUD_WEIGHT = 1.32
"""g/cm³"""
_KICK_OFF = 800.0
_BUILD = 3.0 / 30.0
_TANGENT = 42.0
_AZIMUTH = 64.0
_TURN = 0.004
_STEEL = 7.85
_PIPE = 0.29
_BLOCK = 250.0
_FLOW, _RPM, _WOB = 2200.0, 130.0, 120.0


class Activity(StrEnum):
    """What the rig does."""

    DRILLING = "drilling"
    CONNECTION = "connection"
    FINISHED = "finished"


@dataclass(frozen=True, slots=True)
class Channel:
    """One sensor. digits: after the point, as the rig sends it"""

    mnemonic: str
    unit: str
    description: str
    digits: int


CHANNELS = (
    Channel("HDEP", "m", "Hole depth", 2),
    Channel("BDEP", "m", "Bit depth", 2),
    Channel("ROP", "m/h", "Rate of penetration", 1),
    Channel("WOB", "kN", "Weight on bit", 1),
    Channel("RPM", "rpm", "Rotary speed at surface", 0),
    Channel("TQ", "kN.m", "Torque at surface", 2),
    Channel("HKLD", "kN", "Hookload", 0),
    Channel("FLOW", "L/min", "Flow in", 0),
    Channel("SPP", "bar", "Standpipe pressure", 1),
    Channel("ECD", "g/cm3", "Equivalent circulating density", 3),
    Channel("GR", "gAPI", "Gamma ray", 1),
)
"""Of the log by time, in its order"""


def inclination(md: float) -> float:
    """deg at a measured depth in m."""
    return min(max(md - _KICK_OFF, 0.0) * _BUILD, _TANGENT)


def azimuth(md: float) -> float:
    """deg from grid north at a measured depth in m."""
    return _AZIMUTH + _TURN * max(md - _KICK_OFF, 0.0)


def vertical_depth(md: float) -> float:
    """m at a measured depth in m: straight, an arc, straight again."""
    if md <= _KICK_OFF:
        return md
    radius = 180.0 / (math.pi * _BUILD)
    arc = math.radians(inclination(md))
    landed = _KICK_OFF + _TANGENT / _BUILD
    straight = max(md - landed, 0.0) * math.cos(arc)
    return _KICK_OFF + radius * math.sin(arc) + straight


def gamma(md: float, seed: int) -> float:
    """gAPI of the rock: sandstone is low, shale is high."""
    slow = math.sin(md / 37.0 + seed)
    return 75.0 + 42.0 * math.tanh(2.0 * slow) + 6.0 * math.sin(md / 2.3 + 2.0 * seed)


class Rig:
    """The state of the rig between two steps.

    hole, bit: measured depths, m
    activity: what it does; connections: how many were made
    """

    def __init__(self, seed: int, start: float, end: float) -> None:
        """start, end: measured depths in m of the section that is drilled"""
        self.seed = seed
        self.end = end
        self.hole = self.bit = start
        self.activity = Activity.DRILLING
        self.connections = 0
        self.rate = 0.0
        self._stand_end = start + STAND
        self._left_s = 0.0
        self._random = np.random.default_rng([seed, 1])

    def step(self, seconds: float) -> None:
        """Go on; a step that spans the end of a stand ends there."""
        if self.activity is Activity.CONNECTION:
            self._left_s -= seconds
            if self._left_s <= 0.0:
                self.activity = Activity.DRILLING
                self.bit = self.hole
                self._stand_end = self.hole + STAND
        elif self.activity is Activity.DRILLING:
            if self.hole >= self.end:
                self.activity = Activity.FINISHED
            elif self.hole >= self._stand_end:
                self.connections += 1
                self.activity = Activity.CONNECTION
                self._left_s = CONNECTION_S
                self.bit = self.hole - 1.0
            else:
                self.rate = self._penetration()
                deeper = self.hole + self.rate * seconds / 3600.0
                self.hole = self.bit = min(deeper, self._stand_end, self.end)

    def measured(self) -> dict[str, float | None]:
        """Value by mnemonic in the channels' units; None where a sensor has none now."""
        drilling = self.activity is Activity.DRILLING
        flow = self._noisy(_FLOW, 8.0) if drilling else 0.0
        weight = self._noisy(_WOB, 4.0) if drilling else 0.0
        speed = self._noisy(_RPM, 1.0) if drilling else 0.0
        rock = gamma(self.hole, self.seed)
        buoyed = _PIPE * self.hole * math.cos(math.radians(inclination(self.hole) / 2.0))
        string = buoyed * (1.0 - MUD_WEIGHT / _STEEL)
        friction = (flow / _FLOW) ** 1.8
        tvd = vertical_depth(self.bit)
        values: dict[str, float | None] = {
            "HDEP": self.hole,
            "BDEP": self.bit,
            "ROP": self.rate if drilling else 0.0,
            "WOB": weight,
            "RPM": speed,
            "TQ": speed / _RPM * (2.0 + 0.0035 * self.hole + 0.03 * weight),
            "HKLD": _BLOCK + (string - weight if drilling else 0.0),
            "FLOW": flow,
            "SPP": friction * (60.0 + 0.05 * self.hole),
            # 1 g/cm³ is 0.0980665 bar a metre of vertical depth
            "ECD": MUD_WEIGHT + friction * 0.006 * self.bit / (0.0980665 * tvd) if flow else None,
            "GR": rock + self._noisy(0.0, 1.5) if drilling else None,
        }
        return {
            channel.mnemonic: None
            if values[channel.mnemonic] is None
            else round(float(values[channel.mnemonic] or 0.0), channel.digits)
            for channel in CHANNELS
        }

    def _penetration(self) -> float:
        """m/h: sand drills faster than shale, and all rock slower with depth."""
        softness = 1.6 - (gamma(self.hole, self.seed) - 30.0) / 90.0
        return max(26.0 * softness * (1.0 - self.hole / 12_000.0) + self._noisy(0.0, 0.6), 1.0)

    def _noisy(self, value: float, deviation: float) -> float:
        return value + deviation * float(self._random.standard_normal())
