"""The plugin's face: light to import."""

import subprocess
import sys


def test_the_plugin_module_does_not_import_asyncua() -> None:
    code = "import sys, wellhead_scada_opcua.plugin; sys.exit('asyncua' in sys.modules)"
    subprocess.run([sys.executable, "-c", code], check=True, timeout=60)
