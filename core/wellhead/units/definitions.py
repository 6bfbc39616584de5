"""What pint lacks, or means otherwise than the oilfield does.

Sources: SPE Metric Standard (1984), API MPMS chapter 11, Energistics Unit of Measure Standard 1.0.

Gauge pressure has a dimension of its own, so that no conversion ever guesses the atmosphere at the
site. Volumes at standard conditions are volumes: a conversion changes the unit and leaves the
conditions (15 °C or 60 °F, 101.325 kPa or 14.696 psi) as they were.
"""

DEFINITIONS = (
    # pint's barrel has 31.5 gallons, its `md` is a milliday and its `mD` a millidebye
    "oilfield_barrel = 42 * gallon = bbl = _ = Bbl = BBL",
    "stock_tank_barrel = 42 * gallon = STB = _ = stb",
    "barrel_per_day = 42 * gallon / day = bpd = _ = bopd = bwpd = blpd",
    "thousand_barrels = 1e3 * bbl = Mbbl = _ = MSTB",
    "million_barrels = 1e6 * bbl = MMbbl = _ = MMSTB",
    "millidarcy = 1e-3 * darcy = mD = _ = md",
    # volumes
    "cubic_metre = meter ** 3 = m3",
    "square_metre = meter ** 2 = m2",
    "square_kilometre = kilometer ** 2 = km2",
    "square_decimetre = decimeter ** 2 = dm2",
    "square_centimetre = centimeter ** 2 = cm2",
    "square_micrometre = micrometer ** 2 = um2 = _ = µm2",
    "square_foot = foot ** 2 = ft2",
    "square_millimetre = millimeter ** 2 = mm2",
    "square_inch = inch ** 2 = in2",
    "cubic_centimetre = centimeter ** 3 = cm3",
    "cubic_decimetre = decimeter ** 3 = dm3",
    "cubic_millimetre = millimeter ** 3 = mm3",
    "cubic_foot = foot ** 3 = ft3 = _ = cf",
    "standard_cubic_metre = meter ** 3 = Sm3 = _ = sm3",
    "thousand_standard_cubic_metres = 1e3 * meter ** 3 = kSm3 = _ = e3m3",
    "million_standard_cubic_metres = 1e6 * meter ** 3 = MSm3 = _ = e6m3",
    "standard_cubic_foot = foot ** 3 = scf",
    "thousand_standard_cubic_feet = 1e3 * foot ** 3 = Mscf = _ = Mcf = mcf",
    "million_standard_cubic_feet = 1e6 * foot ** 3 = MMscf = _ = MMcf",
    "gallon_per_minute = gallon / minute = gpm",
    # pressure
    "gauge_bar = [gauge_pressure] = barg",
    "gauge_kilopascal = 0.01 * barg = kPag",
    "gauge_megapascal = 10 * barg = MPag",
    "gauge_psi = 0.0689475729316836 * barg = psig",
    "absolute_bar = bar = bara",
    "absolute_kilopascal = kilopascal = kPaa",
    "absolute_megapascal = megapascal = MPaa",
    "absolute_psi = psi = psia",
    "square_bar = bar ** 2 = bar2",
    "square_psi = psi ** 2 = psi2",
    # drilling
    "pound_per_gallon = pound / gallon = ppg",
    "pound_per_cubic_foot = pound / foot ** 3 = pcf",
    "thousand_pounds_force = 1e3 * pound_force = klbf = _ = kip_force",
    "degree_per_30_metres = degree / (30 * meter) = deg_30m",
    "degree_per_100_feet = degree / (100 * foot) = deg_100ft",
    "pound_force_per_100_square_feet = pound_force / (100 * foot ** 2) = lbf_100ft2",
    "sack_of_cement = 94 * pound = sk",
    "shots_per_foot = 1 / foot = spf",
    "strokes_per_minute = 1 / minute = spm",
    # gravity and radioactivity scales are no multiples of anything
    "api_gravity = [api_gravity] = degAPI = _ = API",
    "gamma_ray_api = [gamma_ray] = gAPI",
    "barn_per_electron = [photoelectric_factor] = b_e",
    # others
    "sixtyfourth_of_an_inch = inch / 64 = in64",
    "thirtysecond_of_an_inch = inch / 32 = in32",
    "standard_acceleration = 9.80665 * meter / second ** 2 = gn",
    "fraction = []",
)
"""Lines of pint's definition language, read in this order on top of its own."""
