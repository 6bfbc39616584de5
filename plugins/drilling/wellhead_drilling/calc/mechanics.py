"""What it takes to destroy rock.

Source: Teale, The concept of specific energy in rock drilling, Int. J. Rock Mech. Min. Sci. 2
(1965) 57-73.
"""

import numpy as np

from wellhead.sdk import Array, Numbers, within


def mechanical_specific_energy(
    weight: Numbers, diameter: Numbers, speed: Numbers, torque: Numbers, rate: Numbers
) -> Array:
    """Pa (J/m³) spent on a volume of rock: W/A + 2π·N·T/(A·ROP), A = π/4·d².

    In the field's units psi = lbf/in² + 120π·rpm·ft·lbf/(in²·ft/h): the same to the last digit.
    weight: on bit, N, 0 to 2e6; diameter: of the bit, m, above 0 to 2.5; speed: of the bit,
    rev/s, 0 to 20; torque: N·m, 0 to 2e5; rate: of penetration, m/s, above 0 to 0.2
    """
    area = np.pi / 4 * within("bit_diameter", diameter, 0, 2.5, "m", above=True) ** 2
    turned = within("rotary_speed", speed, 0, 20, "rev/s") * within("torque", torque, 0, 2e5, "N*m")
    advance = within("rate_of_penetration", rate, 0, 0.2, "m/s", above=True)
    thrust = within("weight_on_bit", weight, 0, 2e6, "N")
    return thrust / area + 2 * np.pi * turned / (area * advance)
