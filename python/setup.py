"""Wheels hold programs of one machine, and no extension module of one Python."""

from setuptools import Distribution, setup

try:
    from setuptools.command.bdist_wheel import bdist_wheel
except ImportError:
    from wheel.bdist_wheel import bdist_wheel


class AnyPython(bdist_wheel):
    def get_tag(self):
        return "py3", "none", super().get_tag()[2]


class OfOneMachine(Distribution):
    def has_ext_modules(self):
        return True


setup(distclass=OfOneMachine, cmdclass={"bdist_wheel": AnyPython})
