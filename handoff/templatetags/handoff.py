"""What every template may say without loading anything."""

from django import template

register = template.Library()
